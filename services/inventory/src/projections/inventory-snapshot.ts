import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { projection } from '@tradewind/outbox/projection.ts';

export const STOCK_TOPIC = eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic;

export interface Levels {
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
  store: {
    kind: 'redis+cassandra',
    cassandra: {
      columns: {
        ...{ product_id: 'text', on_hand: 'int', reserved: 'int', available: 'int', stores: 'json' },
      },
      partition: ['product_id'],
      clustering: [],
      placeOf: (event) => ({ product_id: event.partitionKey }),
    },
    redis: {},
  },
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
