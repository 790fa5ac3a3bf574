import type { Database } from '@tradewind/postgres/database.ts';

/** Levels of a stock at a time of the past. */
export interface PastStock {
  readonly productId: string;
  readonly sku: string;
  /** The location. */
  readonly storeId: string;
  readonly onHand: number;
  readonly reserved: number;
}

export interface PastFilter {
  readonly storeId?: string;
  readonly sku?: string;
  readonly productId?: string;
}

/*
 * Backwards from how it is: less what the ledger has got since, less what was taken into hold since and still is, and what
 * was held then and has ended since. So a question costs what has happened since, and the present is answered exactly.
 * A stock begins with its first row in the ledger.
 */
const levels = `
  select s.product_id as "productId", s.sku, s.location_id as "storeId",
    (s.on_hand - coalesce((
      select sum(a.delta) from inventory_adjustment a
      where a.store_id = s.store_id and a.location_id = s.location_id and a.sku = s.sku and a.created_at >= $2
    ), 0))::int as "onHand",
    (s.reserved + coalesce((
      select sum(case when r.created_at < $2 then r.qty else 0 end - case when r.state = 'HELD' then r.qty else 0 end)
      from stock_reservation r
      where r.store_id = s.store_id and r.location_id = s.location_id and r.sku = s.sku
        and (r.created_at >= $2 or r.held_until >= $2)
    ), 0))::int as reserved
  from inventory_stock s
  where s.store_id = $1 and ($3::text is null or s.location_id = $3) and ($4::text is null or s.sku = $4)
    and ($5::text is null or s.product_id = $5)
    and exists (
      select from inventory_adjustment a
      where a.store_id = s.store_id and a.location_id = s.location_id and a.sku = s.sku and a.created_at < $2)
  order by s.location_id, s.sku`;

/** @param end the first moment that does not count */
export function stockAsOf(
  db: Database,
  tenant: string,
  end: Date,
  { storeId, sku, productId }: PastFilter,
): Promise<PastStock[]> {
  return db.transaction(tenant, (tx) =>
    tx.query<PastStock>(levels, [tenant, end, storeId ?? null, sku ?? null, productId ?? null]),
  );
}
