import type { Database } from '@tradewind/postgres/database.ts';
import type { SnapshotBody } from '#read-snapshot/snapshots.ts';
import { availableIn, type StockRow } from '#stock/stock.ts';

export interface PastFilter {
  readonly storeId?: string;
  readonly sku?: string;
  readonly productId?: string;
}

/*
 * Backwards from how it is: less what the ledger has got since, less what was taken into hold since and still is, and what
 * was held then and has ended since. So a question costs what has happened since, and the present is answered exactly.
 * Each of these is one version of the row; a hold that ended by a sale has that version in the ledger, and what was sold after
 * its hold had ended was taken anew first. A stock begins with its first row there.
 */
const levels = `
  select s.product_id as "productId", s.sku, s.location_id as "storeId", (s.on_hand - adjusted.delta)::int as "onHand",
    (s.reserved + held.qty)::int as reserved, (s.version - adjusted.changes - held.changes)::int as version,
    s.reorder_point as "reorderPoint",
    case when s.updated_at < $2 then s.updated_at else (
      select max(created_at) from inventory_adjustment a
      where a.store_id = s.store_id and a.location_id = s.location_id and a.sku = s.sku and a.created_at < $2
    ) end as "updatedAt"
  from inventory_stock s
  cross join lateral (
    select coalesce(sum(a.delta), 0) as delta,
      count(*) + count(*) filter (where a.reason = 'SOLD' and exists (
        select from stock_reservation r
        where r.store_id = a.store_id and r.reservation_id = a.reservation_id and r.location_id = a.location_id
          and r.sku = a.sku and r.held_until < a.created_at)) as changes
    from inventory_adjustment a
    where a.store_id = s.store_id and a.location_id = s.location_id and a.sku = s.sku and a.created_at >= $2
  ) adjusted
  cross join lateral (
    select coalesce(sum(case when r.created_at < $2 then r.qty else 0 end - case when r.state = 'HELD' then r.qty else 0 end), 0)
        as qty,
      count(*) filter (where r.created_at >= $2) + count(*) filter (where r.held_until >= $2 and not exists (
        select from inventory_adjustment a
        where a.store_id = r.store_id and a.location_id = r.location_id and a.sku = r.sku
          and a.created_at = r.held_until and a.reservation_id = r.reservation_id)) as changes
    from stock_reservation r
    where r.store_id = s.store_id and r.location_id = s.location_id and r.sku = s.sku
      and (r.created_at >= $2 or r.held_until >= $2)
  ) held
  where s.store_id = $1 and ($3::text is null or s.location_id = $3) and ($4::text is null or s.sku = $4)
    and ($5::text is null or s.product_id = $5)
    and exists (
      select from inventory_adjustment a
      where a.store_id = s.store_id and a.location_id = s.location_id and a.sku = s.sku and a.created_at < $2)
  order by s.location_id, s.sku`;

/**
 * Stock rows as they were; the reorder point is that of today, as no history of it is kept.
 * @param end the first moment that does not count
 */
export function stockAsOf(
  db: Database,
  tenant: string,
  end: Date,
  { storeId, sku, productId }: PastFilter,
): Promise<StockRow[]> {
  return db.transaction(tenant, (tx) =>
    tx.query<StockRow>(levels, [tenant, end, storeId ?? null, sku ?? null, productId ?? null]),
  );
}

/** The central view that rows of one product add up to. */
export function pastSnapshotOf(productId: string, rows: readonly StockRow[]): SnapshotBody {
  const stores = Array.from(
    Map.groupBy(rows, ({ storeId }) => storeId),
    ([storeId, stocks]) => ({
      ...{ storeId, ...sumOf(stocks) },
      version: Math.max(...stocks.map(({ version }) => version)),
    }),
  );
  return { productId, ...sumOf(rows), stores };
}

function sumOf(rows: readonly StockRow[]) {
  const sum = (of: (row: StockRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    onHand: sum((row) => row.onHand),
    reserved: sum((row) => row.reserved),
    available: sum(availableIn),
  };
}
