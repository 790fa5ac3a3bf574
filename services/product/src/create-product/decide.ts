import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { ProductEvent } from '#product/events.ts';
import type { Product, ProductState } from '#product/product.ts';

export interface CreateProduct extends Pick<
  Product,
  | 'productId'
  | 'sku'
  | 'name'
  | 'description'
  | 'priceMinor'
  | 'currency'
  | 'categoryId'
  | 'attributes'
  | 'images'
> {
  readonly now: Date;
}

/** That the SKU is free is the database's to say: only a unique constraint holds against concurrent creations. */
export function createProduct(state: ProductState, command: CreateProduct): ProductEvent[] {
  if (state) return [];
  const { priceMinor, now, ...rest } = command;
  return [
    {
      type: 'ecommerce.product.product.created.v1',
      payload: {
        ...rest,
        price: toDecimal(priceMinor, rest.currency),
        status: 'ACTIVE',
        version: 1,
        createdAt: now,
      },
    },
  ];
}
