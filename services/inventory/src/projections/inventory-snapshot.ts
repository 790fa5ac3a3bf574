import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { projection } from '@tradewind/outbox/projection.ts';
import type { Database } from '@tradewind/postgres/database.ts';

const TOPIC = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic;

interface Levels {
  readonly onHand: number;
  readonly reserved: number;
  readonly version: number;
}

/** Central view of a product: its sums, and each location's stock by sku. */
export interface InventorySnapshot {
  readonly product_id: string;
  readonly on_hand: number;
  readonly reserved: number;
  readonly available: number;
  readonly stores: Readonly<Record<string, Readonly<Record<string, Levels>>>>;
}

/** Payloads say how a row stands after the event, so the newest of a row is its state. */
export function evolve(row: InventorySnapshot | undefined, event: AnyEvent): InventorySnapshot | undefined {
  switch (event.eventType) {
    case 'ecommerce.inventory.stock.adjusted.v1':
    case 'ecommerce.inventory.stock.reserved.v1':
    case 'ecommerce.inventory.stock.released.v1':
    case 'ecommerce.inventory.stock.confirmed.v1':
    case 'ecommerce.inventory.stock.expired.v1':
    case 'ecommerce.inventory.stock.low.v1': {
      const { productId, storeId, sku, onHand, reserved, version } = event.payload;
      const stores = {
        ...row?.stores,
        [storeId]: { ...row?.stores[storeId], [sku]: { onHand, reserved, version } },
      };
      const all = Object.values(stores).flatMap((skus) => Object.values(skus));
      const sum = (of: (levels: Levels) => number) => all.reduce((total, levels) => total + of(levels), 0);
      const on_hand = sum((levels) => levels.onHand);
      const held = sum((levels) => levels.reserved);
      return { product_id: productId, on_hand, reserved: held, available: on_hand - held, stores };
    }
    default:
      return row;
  }
}

export const inventorySnapshot = projection<InventorySnapshot>({
  name: 'inventory_snapshot',
  topics: [eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic],
  key: 'product_id',
  keyOf: (event) => event.partitionKey,
  evolve,
  parity: {
    source: `
      select store_id, product_id as key, md5(string_agg(concat_ws('|', location_id, sku, on_hand, reserved), ','
        order by location_id collate "C", sku collate "C")) as digest
      from inventory_stock group by store_id, product_id`,
    digest: `(
      select md5(string_agg(concat_ws('|', l.key, k.key, k.value->>'onHand', k.value->>'reserved'), ','
        order by l.key collate "C", k.key collate "C"))
      from jsonb_each(p.stores) l, jsonb_each(l.value) k)`,
  },
});

const select = `
  select product_id, on_hand, reserved, available, stores, (versions->>$3)::int as version
  from inventory_snapshot where store_id = $1 and product_id = any($2)`;

/** The central view of a product on the wire. */
export interface SnapshotBody {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly stores: readonly {
    readonly storeId: string;
    readonly onHand: number;
    readonly reserved: number;
    readonly available: number;
    readonly version: number;
  }[];
}

/** Views of several products in one query, each with the version of the product's last event that it knows. */
export async function snapshotsOf(
  db: Database,
  tenant: string,
  productIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly version: number; readonly body: SnapshotBody }>> {
  const rows = await db.transaction(tenant, (tx) =>
    tx.query<InventorySnapshot & { version: number | null }>(select, [tenant, productIds, TOPIC]),
  );
  return new Map(rows.map((row) => [row.product_id, { version: row.version ?? 0, body: bodyOf(row) }]));
}

export async function snapshotOf(
  db: Database,
  tenant: string,
  productId: string,
): Promise<SnapshotBody | undefined> {
  return (await snapshotsOf(db, tenant, [productId])).get(productId)?.body;
}

const bodyOf = (row: InventorySnapshot): SnapshotBody => ({
  productId: row.product_id,
  onHand: row.on_hand,
  reserved: row.reserved,
  available: row.available,
  stores: Object.entries(row.stores)
    .map(([storeId, skus]) => ({ storeId, ...sumOf(Object.values(skus)) }))
    .sort((a, b) => (a.storeId < b.storeId ? -1 : 1)),
});

function sumOf(levels: readonly Levels[]) {
  let onHand = 0;
  let reserved = 0;
  let version = 0;
  for (const one of levels) {
    onHand += one.onHand;
    reserved += one.reserved;
    version = Math.max(version, one.version);
  }
  return { onHand, reserved, available: onHand - reserved, version };
}
