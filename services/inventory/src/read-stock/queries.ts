import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { inventoryError } from '#errors.ts';
import type { ProductLevels } from '#stock/levels.ts';
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

const levels = `
  select p.product_id as "productId", p.version, json_agg(json_build_object('storeId', s.location_id, 'sku', s.sku,
    'onHand', s.on_hand, 'reserved', s.reserved, 'version', s.version)) as stocks
  from product_stock p join inventory_stock s on s.store_id = p.store_id and s.product_id = p.product_id
  where p.store_id = $1 and p.product_id = any($2) group by p.product_id, p.version`;

export interface StockQueries {
  /** One stock; concurrent look-ups share a query. @throws DomainError STOCK_NOT_FOUND */
  stockAt(tenant: string, storeId: string, sku: string): Promise<StockRow>;
  /** The tenant's stock of a product or sku, in all of its locations or in one. */
  stockOf(tenant: string, by: StockFilter): Promise<readonly StockRow[]>;
  /** Levels of products in all locations; without those that are stocked nowhere. */
  levelsOf(tenant: string, productIds: readonly string[]): Promise<readonly ProductLevels[]>;
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
    levelsOf: (tenant, productIds) =>
      db.transaction(tenant, (tx) => tx.query<ProductLevels>(levels, [tenant, productIds])),
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
