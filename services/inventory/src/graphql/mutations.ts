import type { InventoryContext } from './context.ts';

export interface StockPlace {
  readonly storeId: string;
  readonly sku: string;
}

const pathOf = ({ storeId, sku }: StockPlace): string =>
  `/api/v1/stores/${encodeURIComponent(storeId)}/inventory/${encodeURIComponent(sku)}`;

/** Each is its REST route, in GraphQL's clothes. */
export const stockMutations = {
  setStock: (
    _: unknown,
    { input, expectedVersion, ...place }: StockPlace & { input: object; expectedVersion?: number | null },
    { rest }: InventoryContext,
  ) => rest('PUT', pathOf(place), { body: { ...input, expectedVersion } }),

  adjustStock: (
    _: unknown,
    { storeId, sku, idempotencyKey, ...body }: StockPlace & { idempotencyKey?: string | null },
    { rest }: InventoryContext,
  ) => rest('POST', `${pathOf({ storeId, sku })}/adjust`, { body, idempotencyKey }),
};
