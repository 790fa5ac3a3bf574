import { on } from '@tradewind/outbox/reaction.ts';
import type { SharedCache } from '#cache/shared-cache.ts';

export const onProductArchived = on(
  'ecommerce.product.product.archived.v1',
  'product.on-product-archived',
  ({ shared }: { shared: SharedCache }) =>
    ({ payload }) =>
      shared.invalidate(payload.productId, payload.version),
);
