import type { CreateProduct } from '#create-product/decide.ts';
import { createProduct } from '#create-product/decide.ts';
import type { ProductEvent } from './events.ts';
import { evolve, existing, type Product, type ProductState } from './product.ts';

/** A minute of the tests' day. */
export const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute));

export const newMug: CreateProduct = {
  productId: 'P-1',
  sku: 'MUG-RED',
  name: 'Red mug',
  description: null,
  priceMinor: 1250n,
  currency: 'USD',
  categoryId: 'kitchen',
  attributes: { color: 'red' },
  images: ['https://cdn.example.com/mug.jpg'],
  now: at(0),
};

/** The state that events lead to, from nothing or from `state`. */
export function given(events: readonly ProductEvent[], state: ProductState = undefined): Product {
  return existing(events.reduce<ProductState>(evolve, state));
}

export const mug = (): Product => given(createProduct(undefined, newMug));
