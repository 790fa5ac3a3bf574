import { LRUCache } from 'lru-cache';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type Reservation, type ReservationState, type StockRow, StockState } from '#stock/stock.ts';
import type { Touched } from '#store.ts';

export interface LoadedStock {
  readonly state: StockState;
  /** Published events of each product so far. */
  readonly versions: Map<string, number>;
  /** The same before the batch. */
  readonly before: ReadonlyMap<string, number>;
}

/** Products by tenant and sku: a sku's product never changes, so what was seen once is true. */
export type SkuCache = LRUCache<string, string>;
export const createSkuCache = (): SkuCache => new LRUCache({ max: 50_000 });

const skuProducts = `
  select sku, product_id as "productId" from inventory_item where store_id = $1 and sku = any($2)`;

const reservedProducts = `
  select distinct product_id as "productId", location_id as "storeId"
  from stock_reservation where store_id = $1 and reservation_id = any($2)`;

const lock = `
  select product_id as "productId", version from product_stock
  where store_id = $1 and product_id = any($2) order by product_id for update`;

const create = `
  insert into product_stock (store_id, product_id, version) select $1, unnest($2::text[]), 0 order by 2
  on conflict do nothing`;

const stockRows = `
  select product_id as "productId", sku, location_id as "storeId", on_hand as "onHand", reserved, version,
    reorder_point as "reorderPoint", updated_at as "updatedAt"
  from inventory_stock where store_id = $1 and product_id = any($2) and location_id = any($3)`;

const reservationLines = `
  select reservation_id as "reservationId", order_id as "orderId", state, expires_at as "expiresAt",
    product_id as "productId", sku, location_id as "storeId", qty
  from stock_reservation where store_id = $1 and reservation_id = any($2) order by reservation_id, line`;

interface LineRow {
  readonly reservationId: string;
  readonly orderId: string | null;
  readonly state: ReservationState;
  readonly expiresAt: Date | null;
  readonly productId: string;
  readonly sku: string;
  readonly storeId: string;
  readonly qty: number;
}

/**
 * Locks every product that the commands touch, in the order of their ids, then reads: what is read can't change before
 * the commit. Statements see what was committed before they began, so the reads must come after the locks.
 */
export async function loadStock(
  tx: Transaction,
  touched: readonly Touched[],
  cache: SkuCache,
): Promise<LoadedStock> {
  const state = new StockState();
  const products = new Set(touched.flatMap(({ products: ids }) => ids ?? []));
  const locations = new Set(touched.flatMap(({ locations: ids }) => ids ?? []));
  await resolveSkus(tx, touched, cache, state, products);
  const existing = touched.flatMap(({ reservation, existing: exists }) =>
    exists && reservation ? [reservation] : [],
  );
  if (existing.length > 0) {
    const rows = await tx.query<{ productId: string; storeId: string }>(reservedProducts, [
      tx.storeId,
      existing,
    ]);
    for (const { productId, storeId } of rows) {
      products.add(productId);
      locations.add(storeId);
    }
  }
  const ids = [...products];
  const reservations = [...new Set(touched.flatMap(({ reservation }) => reservation ?? []))];
  const locking = lockProducts(tx, ids, touched);
  if (touched.some(({ creates }) => creates !== undefined)) await locking;
  // Issued together; the connection runs them one after the other.
  const [locked, rows, held] = await Promise.all([
    locking,
    ids.length > 0 ? tx.query<StockRow>(stockRows, [tx.storeId, ids, [...locations]]) : [],
    reservations.length > 0 ? readReservations(tx, reservations) : [],
  ]);
  for (const row of rows) state.put(row);
  for (const reservation of held) state.reservations.set(reservation.reservationId, reservation);
  return { state, versions: new Map(locked), before: locked };
}

async function resolveSkus(
  tx: Transaction,
  touched: readonly Touched[],
  cache: SkuCache,
  state: StockState,
  products: Set<string>,
): Promise<void> {
  const unknown: string[] = [];
  const note = (sku: string, productId: string): void => {
    state.products.set(sku, productId);
    products.add(productId);
  };
  for (const sku of new Set(touched.flatMap(({ skus }) => skus ?? []))) {
    const productId = cache.get(`${tx.storeId}\n${sku}`);
    if (productId === undefined) unknown.push(sku);
    else note(sku, productId);
  }
  if (unknown.length === 0) return;
  for (const { sku, productId } of await tx.query<{ sku: string; productId: string }>(skuProducts, [
    tx.storeId,
    unknown,
  ])) {
    cache.set(`${tx.storeId}\n${sku}`, productId);
    note(sku, productId);
  }
}

async function lockProducts(
  tx: Transaction,
  ids: readonly string[],
  touched: readonly Touched[],
): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const take = async () =>
    new Map(
      (await tx.query<{ productId: string; version: number }>(lock, [tx.storeId, ids])).map(
        ({ productId, version }) => [productId, version] as const,
      ),
    );
  const locked = await take();
  const missing = new Set(
    touched.flatMap(({ creates }) => (creates && !locked.has(creates) ? [creates] : [])),
  );
  if (missing.size === 0) return locked;
  await tx.query(create, [tx.storeId, [...missing]]);
  return take();
}

/** Reservations as they stand, without locking anything. */
export async function readReservations(tx: Transaction, ids: readonly string[]): Promise<Reservation[]> {
  return fromLines(await tx.query<LineRow>(reservationLines, [tx.storeId, ids]));
}

/** Reservations from their lines, which come sorted by reservation. */
function fromLines(lines: readonly LineRow[]): Reservation[] {
  return [...Map.groupBy(lines, ({ reservationId }) => reservationId).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { reservationId, orderId, state, expiresAt } = first;
    return {
      ...{ reservationId, orderId, state, expiresAt },
      lines: group.map(({ productId, sku, storeId, qty }) => ({ productId, sku, storeId, qty })),
    };
  });
}
