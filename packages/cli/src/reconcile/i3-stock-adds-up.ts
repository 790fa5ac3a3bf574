import type { Invariant } from './invariant.ts';

interface Row {
  readonly storeId: string;
  readonly locationId: string;
  readonly sku: string;
  readonly onHand: number | null;
  readonly reserved: number | null;
  readonly ledger: bigint | null;
  readonly held: bigint | null;
}

const broken = `
  with ledger as (
    select store_id, location_id, sku, sum(delta) as total from inventory_adjustment group by 1, 2, 3),
  held as (
    select store_id, location_id, sku, sum(qty) as total from stock_reservation where state = 'HELD' group by 1, 2, 3)
  select store_id as "storeId", location_id as "locationId", sku, s.on_hand as "onHand", s.reserved,
    ledger.total::bigint as ledger, held.total::bigint as held
  from inventory_stock s
    full join ledger using (store_id, location_id, sku) full join held using (store_id, location_id, sku)
  where s.on_hand is null or s.on_hand <> coalesce(ledger.total, 0) or s.reserved <> coalesce(held.total, 0)
    or s.reserved < 0 or s.reserved > s.on_hand`;

export const stockAddsUp: Invariant = {
  id: 'I3',
  title: 'on_hand = sum(ledger), reserved = sum(HELD), 0 ≤ reserved ≤ on_hand',
  async check(stack) {
    if (!stack.has('inventory')) return [];
    const rows = await stack.query<Row>('inventory', broken);
    return rows.map(({ storeId, locationId, sku, onHand, reserved, ledger, held }) => ({
      subject: `${storeId} ${locationId}/${sku}`,
      what: `on hand ${onHand ?? 'none'}, ledger ${ledger ?? 0n}; reserved ${reserved ?? 'none'}, held ${held ?? 0n}`,
    }));
  },
};
