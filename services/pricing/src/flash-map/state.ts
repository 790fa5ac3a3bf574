import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { PayloadOf } from '@tradewind/contracts/event.ts';
import type { FlashPrice, FlashState } from './flash-map.ts';

interface Envelope {
  readonly storeId: string;
  readonly aggregateVersion: number;
}

/** What `started` and `changed` say. */
export function runningState(
  { storeId, aggregateVersion }: Envelope,
  { saleId, prices, endsAt }: PayloadOf<'ecommerce.pricing.flash_sale.started.v1'>,
): FlashState {
  const priceOf = ({ listPrice, price, currency }: (typeof prices)[number]): FlashPrice => ({
    ...{ saleId, currency, endsAt: endsAt.getTime() },
    price: String(fromDecimal(price, currency)),
    listPrice: String(fromDecimal(listPrice, currency)),
  });
  return {
    ...{ storeId, saleId, version: aggregateVersion, endsAt: endsAt.getTime() },
    prices: Object.fromEntries(prices.map((price) => [price.productId, priceOf(price)])),
  };
}

export const endedState = (
  { storeId, aggregateVersion }: Envelope,
  { saleId, endedAt }: PayloadOf<'ecommerce.pricing.flash_sale.ended.v1'>,
): FlashState => ({
  ...{ storeId, saleId, version: aggregateVersion, endsAt: endedAt.getTime() },
  prices: {},
});
