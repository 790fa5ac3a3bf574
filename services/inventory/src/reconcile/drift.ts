import type { Database } from '@tradewind/postgres/database.ts';

/** A stock row that its ledger or its reservations tell differently. */
export interface Drift {
  readonly storeId: string;
  readonly sku: string;
  readonly productId: string;
  readonly onHand: number;
  readonly ledgerOnHand: number;
  readonly reserved: number;
  readonly heldReserved: number;
}

const select = `
  with ledger as (
    select location_id, sku, sum(delta)::int as on_hand from inventory_adjustment where store_id = $1 group by 1, 2
  ), held as (
    select location_id, sku, sum(qty)::int as qty from stock_reservation where store_id = $1 and state = 'HELD'
    group by 1, 2
  )
  select s.location_id as "storeId", s.sku, s.product_id as "productId", s.on_hand as "onHand",
    coalesce(l.on_hand, 0) as "ledgerOnHand", s.reserved, coalesce(h.qty, 0) as "heldReserved"
  from inventory_stock s
  left join ledger l on l.location_id = s.location_id and l.sku = s.sku
  left join held h on h.location_id = s.location_id and h.sku = s.sku
  where s.store_id = $1 and (s.on_hand <> coalesce(l.on_hand, 0) or s.reserved <> coalesce(h.qty, 0))
  order by 1, 2 limit 1000`;

const count = `select count(*) as rows from inventory_stock where store_id = $1`;

/** Recomputes every stock of a tenant from its ledger and reservations, in one snapshot per statement. */
export function findDrift(db: Database, tenant: string): Promise<{ checked: number; items: Drift[] }> {
  return db.transaction(tenant, async (tx) => {
    const [items, [total]] = await Promise.all([
      tx.query<Drift>(select, [tenant]),
      tx.query<{ rows: bigint }>(count, [tenant]),
    ]);
    return { checked: Number(total?.rows ?? 0n), items };
  });
}
