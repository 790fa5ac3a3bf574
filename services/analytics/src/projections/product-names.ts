import { projection } from '@tradewind/outbox/projection.ts';

interface ProductName {
  readonly product_id: string;
  readonly sku: string;
  readonly name: string;
}

/** What products are called: lists of products are for people. */
export const productNames = projection<ProductName>({
  name: 'product_names',
  topics: ['ecommerce.product.product'],
  key: 'product_id',
  lingerMs: 500,
  keyOf: (event) => event.partitionKey,
  evolve(row, event) {
    switch (event.eventType) {
      case 'ecommerce.product.product.created.v1':
      case 'ecommerce.product.product.updated.v1':
      case 'ecommerce.product.product.archived.v1': {
        const { productId, sku, name } = event.payload;
        return { product_id: productId, sku, name };
      }
      default:
        return row;
    }
  },
});
