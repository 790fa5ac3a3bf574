import type { InventoryContext } from './context.ts';

export interface StockPlace {
  readonly storeId: string;
  readonly sku: string;
}

export interface Keyed {
  readonly idempotencyKey?: string | null;
}

export const pathOf = ({ storeId, sku }: StockPlace): string =>
  `/api/v1/stores/${encodeURIComponent(storeId)}/inventory/${encodeURIComponent(sku)}`;

export const reservationAt = (id: string): string => `/api/v1/reservations/${encodeURIComponent(id)}`;

/** Each is its REST route, in GraphQL's clothes. */
export const stockMutations = {
  setStock: (
    _: unknown,
    { input, expectedVersion, ...place }: StockPlace & { input: object; expectedVersion?: number | null },
    { rest }: InventoryContext,
  ) => rest('PUT', pathOf(place), { input, body: { expectedVersion } }),

  adjustStock: (
    _: unknown,
    { storeId, sku, idempotencyKey, ...body }: StockPlace & Keyed,
    { rest }: InventoryContext,
  ) => rest('POST', `${pathOf({ storeId, sku })}/adjust`, { body, idempotencyKey }),

  reserveStock: (
    _: unknown,
    { storeId, sku, idempotencyKey, ...body }: StockPlace & Keyed,
    { rest }: InventoryContext,
  ) => rest('POST', `${pathOf({ storeId, sku })}/reserve`, { body, idempotencyKey }),

  confirmReservation: (
    _: unknown,
    { id, idempotencyKey }: Keyed & { id: string },
    { rest }: InventoryContext,
  ) => rest('POST', `${reservationAt(id)}/confirm`, { body: {}, idempotencyKey }),

  releaseReservation: (_: unknown, { id }: { id: string }, { rest }: InventoryContext) =>
    rest('DELETE', reservationAt(id)),
};
