import { liveReader } from '@tradewind/outbox/live-version.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import {
  type InventorySnapshot,
  inventorySnapshot,
  type Levels,
  STOCK_TOPIC,
} from '#projections/inventory-snapshot.ts';

const select = `
  select product_id, on_hand, reserved, available, stores, versions
  from inventory_snapshot where store_id = $1 and product_id = any($2)`;

type Row = InventorySnapshot & { readonly versions: Readonly<Record<string, number>> };

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
export interface SnapshotsOf {
  (
    tenant: string,
    productIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly version: number; readonly body: SnapshotBody }>>;
}

export function snapshotReader(db: Database, stores: Pick<Stores, 'has' | 'inFront'>): SnapshotsOf {
  const live = liveReader(db, inventorySnapshot, stores);
  return async (tenant, productIds) => {
    const rows = await live(async (at): Promise<Row[]> => {
      if (at.store !== 'redis+cassandra')
        return db.transaction(tenant, (tx) => tx.query<Row>(select, [tenant, productIds]));
      const found = await (await stores.inFront()).find(inventorySnapshot, at.version, tenant, productIds);
      return [...found.values()] as unknown as Row[];
    });
    return new Map(
      rows.map((row) => [row.product_id, { version: row.versions[STOCK_TOPIC] ?? 0, body: bodyOf(row) }]),
    );
  };
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
