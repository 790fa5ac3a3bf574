import { on } from '@tradewind/outbox/reaction.ts';
import { flashNewsOf } from '#push/flash-events.ts';
import type { TellFlashNews } from '#push/tell-flash-news.ts';

export const onFlashSaleStarted = on(
  'ecommerce.pricing.flash_sale.started.v1',
  'notification.push-flash-sale-started',
  ({ tell }: { readonly tell: TellFlashNews }) =>
    (event, { inbox }) =>
      tell(event.storeId, flashNewsOf(event), inbox),
);
