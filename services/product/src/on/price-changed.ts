import { on } from '@tradewind/outbox/reaction.ts';
import type { SharedCache } from '#cache/shared-cache.ts';

export const onPriceChanged = on(
  'ecommerce.product.price.changed.v1',
  'product.on-price-changed',
  ({ shared }: { shared: SharedCache }) =>
    ({ payload }) =>
      shared.invalidate(payload.productId, payload.version),
);
