import type { AnyEvent, EventOf } from '@tradewind/contracts/event.ts';
import { toJson } from '@tradewind/contracts/json.ts';
import type { FlashEventName, FlashNews } from './flash-feed.ts';

export type FlashSaleEvent =
  | EventOf<'ecommerce.pricing.flash_sale.started.v1'>
  | EventOf<'ecommerce.pricing.flash_sale.changed.v1'>
  | EventOf<'ecommerce.pricing.flash_sale.ended.v1'>;

const names: Readonly<Record<FlashSaleEvent['eventType'], FlashEventName>> = {
  'ecommerce.pricing.flash_sale.started.v1': 'flash-sale.started',
  'ecommerce.pricing.flash_sale.changed.v1': 'flash-sale.changed',
  'ecommerce.pricing.flash_sale.ended.v1': 'flash-sale.ended',
};

/** What shoppers are told of an event. Who set or ended the sale is none of theirs. */
export function flashNewsOf(event: FlashSaleEvent): FlashNews {
  const { payload, eventId, occurredAt } = toJson(event as AnyEvent);
  const { setBy: _, endedBy: __, discountBasisPoints, ...told } = payload;
  const discount =
    typeof discountBasisPoints === 'number' ? { discountPercent: String(discountBasisPoints / 100) } : {};
  return {
    saleId: event.payload.saleId,
    event: names[event.eventType],
    data: { ...told, ...discount, eventId, occurredAt },
    endsAt: 'endsAt' in event.payload ? event.payload.endsAt : event.payload.endedAt,
  };
}
