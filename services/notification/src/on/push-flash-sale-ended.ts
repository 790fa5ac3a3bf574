import { on } from '@tradewind/outbox/reaction.ts';
import { flashNewsOf } from '#push/flash-events.ts';
import type { TellFlashNews } from '#push/tell-flash-news.ts';

export const onFlashSaleEnded = on(
  'ecommerce.pricing.flash_sale.ended.v1',
  'notification.push-flash-sale-ended',
  ({ tell }: { readonly tell: TellFlashNews }) =>
    (event, { inbox }) =>
      tell(event.storeId, flashNewsOf(event), inbox),
);
