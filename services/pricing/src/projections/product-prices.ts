import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { projection } from '@tradewind/outbox/projection.ts';

export interface ProductPriceRow {
  product_id: string;
  sku: string | null;
  name: string | null;
  category_id: string | null;
  /** Minor units; null until the product's own event is seen. */
  price_minor: number | null;
  currency: string | null;
  status: string;
}

/** What a product costs without any rule, and whether it is for sale: from the catalogue's events. */
export const productPrices = projection<ProductPriceRow>({
  name: 'product_prices',
  topics: ['ecommerce.product.product'],
  key: 'product_id',
  keyOf: (event) => event.partitionKey,
  evolve(row, event) {
    switch (event.eventType) {
      case 'ecommerce.product.product.created.v1':
      case 'ecommerce.product.product.updated.v1': {
        const { productId, sku, name, categoryId, price, currency, status } = event.payload;
        const price_minor = Number(fromDecimal(price, currency));
        return {
          ...row,
          product_id: productId,
          sku,
          name,
          category_id: categoryId,
          price_minor,
          currency,
          status,
        };
      }
      case 'ecommerce.product.price.changed.v1': {
        const { productId, newPrice, currency } = event.payload;
        const price_minor = Number(fromDecimal(newPrice, currency));
        return {
          ...(row ?? { product_id: productId, sku: null, name: null, category_id: null, status: 'ACTIVE' }),
          price_minor,
          currency,
        };
      }
      case 'ecommerce.product.product.archived.v1':
        return row ? { ...row, status: 'ARCHIVED' } : undefined;
      default:
        return row;
    }
  },
});
