import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { inventoryError } from '#errors.ts';
import { availableIn, rowKey, type StockRow } from '#stock/stock.ts';

const columns = `
  product_id as "productId", sku, location_id as "storeId", on_hand as "onHand", reserved, version,
  reorder_point as "reorderPoint", updated_at as "updatedAt"`;

const byPlace = `
  select ${columns} from inventory_stock s
  join json_to_recordset($2) as r (l text, k text) on s.location_id = r.l and s.sku = r.k
  where store_id = $1`;

const byProductOrSku = `
  select ${columns} from inventory_stock
  where store_id = $1 and ($2::text is null or product_id = $2) and ($3::text is null or sku = $3)
    and ($4::text is null or location_id = $4)
  order by location_id, sku limit 1000`;

const available = `
  select product_id as "productId", sum(on_hand - reserved)::int as available from inventory_stock
  where store_id = $1 and product_id = any($2) group by product_id`;

export interface StockQueries {
  /** One stock; concurrent look-ups share a query. @throws DomainError STOCK_NOT_FOUND */
  stockAt(tenant: string, storeId: string, sku: string): Promise<StockRow>;
  /** The tenant's stock of a product or sku, in all of its locations or in one. */
  stockOf(tenant: string, by: StockFilter): Promise<readonly StockRow[]>;
  /** Pieces for sale by product, over all locations; without those that are stocked nowhere. */
  availableOf(tenant: string, productIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface StockFilter {
  readonly productId?: string | undefined;
  readonly sku?: string | undefined;
  readonly storeId?: string | undefined;
}

export function stockQueries(db: Database): StockQueries {
  const find = groupCommit<{ tenant: string; storeId: string; sku: string }, StockRow | undefined>({
    groupOf: ({ tenant }) => tenant,
    run: (tenant, places) =>
      db.transaction(tenant, async (tx) => {
        const json = JSON.stringify(places.map(({ storeId, sku }) => ({ l: storeId, k: sku })));
        const rows = await tx.query<StockRow>(byPlace, [tenant, json]);
        const found = new Map(rows.map((row) => [rowKey(row.storeId, row.sku), row]));
        return places.map(({ storeId, sku }) => ({
          ok: true as const,
          value: found.get(rowKey(storeId, sku)),
        }));
      }),
  });
  return {
    async stockAt(tenant, storeId, sku) {
      const row = await find({ tenant, storeId, sku });
      if (!row) throw inventoryError('STOCK_NOT_FOUND');
      return row;
    },
    stockOf: (tenant, { productId, sku, storeId }) =>
      db.transaction(tenant, (tx) =>
        tx.query<StockRow>(byProductOrSku, [tenant, productId ?? null, sku ?? null, storeId ?? null]),
      ),
    async availableOf(tenant, productIds) {
      type Row = { productId: string; available: number };
      const rows = await db.transaction(tenant, (tx) => tx.query<Row>(available, [tenant, productIds]));
      return new Map(rows.map((row) => [row.productId, row.available]));
    },
  };
}

/** Sums over rows. */
export function totalOf(rows: readonly StockRow[]) {
  let onHand = 0;
  let reserved = 0;
  for (const row of rows) {
    onHand += row.onHand;
    reserved += row.reserved;
  }
  return { onHand, reserved, available: onHand - reserved };
}

export const levelsOf = (row: StockRow) => ({
  storeId: row.storeId,
  onHand: row.onHand,
  reserved: row.reserved,
  available: availableIn(row),
  version: row.version,
});
