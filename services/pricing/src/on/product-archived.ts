import { on } from '@tradewind/outbox/reaction.ts';
import type { ProductFollower } from '#flash-map/follow-product.ts';

/** What is off the shelf is on no sale. A repeat writes what is there. */
export const onProductArchived = on(
  'ecommerce.product.product.archived.v1',
  'pricing.on-product-archived',
  ({ products }: { readonly products: ProductFollower }) =>
    ({ storeId, aggregateVersion, payload }) =>
      products.follow({ storeId, productId: payload.productId, version: aggregateVersion }),
);
