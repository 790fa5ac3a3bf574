import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { ProductEvent } from '#product/events.ts';
import { changeable, later, type Product, type ProductState } from '#product/product.ts';

/** Fields that are left out stay; lists and attributes are replaced as a whole. */
export type ProductPatch = Partial<
  Pick<Product, 'name' | 'description' | 'categoryId' | 'attributes' | 'images'>
>;

export interface UpdateProduct {
  readonly patch: ProductPatch;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

export function updateProduct(state: ProductState, command: UpdateProduct): ProductEvent[] {
  const product = changeable(state, command.expectedVersion);
  const fields = Object.keys(command.patch) as (keyof ProductPatch)[];
  const changedFields = fields.filter((field) => !same(product[field], command.patch[field]));
  if (changedFields.length === 0) return [];
  const { priceMinor, priceSince: _, ...rest } = { ...product, ...command.patch };
  return [
    {
      type: 'ecommerce.product.product.updated.v1',
      payload: {
        ...rest,
        price: toDecimal(priceMinor, rest.currency),
        version: product.version + 1,
        changedFields,
        updatedAt: later(command.now, product.updatedAt),
      },
    },
  ];
}

/** Equal as JSON, whatever the order of the keys. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const entries = Object.entries(a);
  const others = b as Readonly<Record<string, unknown>>;
  return (
    entries.length === Object.keys(b).length && entries.every(([key, value]) => same(value, others[key]))
  );
}
