import { on } from '@tradewind/outbox/reaction.ts';
import type { SharedCache } from '#cache/shared-cache.ts';

export const onProductUpdated = on(
  'ecommerce.product.product.updated.v1',
  'product.on-product-updated',
  ({ shared }: { shared: SharedCache }) =>
    ({ payload }) =>
      shared.invalidate(payload.productId, payload.version),
);
