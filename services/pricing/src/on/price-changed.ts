import { on } from '@tradewind/outbox/reaction.ts';
import type { ProductFollower } from '#flash-map/follow-product.ts';

/** What a product costs on sale may follow from its list price. A repeat writes what is there. */
export const onPriceChanged = on(
  'ecommerce.product.price.changed.v1',
  'pricing.on-price-changed',
  ({ products }: { readonly products: ProductFollower }) =>
    ({ storeId, aggregateVersion, payload }) =>
      products.follow({ storeId, productId: payload.productId, version: aggregateVersion }),
);
