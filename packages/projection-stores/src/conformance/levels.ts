import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { projection } from '@tradewind/outbox/projection.ts';
import type { StoreKind } from '@tradewind/outbox/projection-store.ts';
import type { CassandraLayout, RedisLayout, StoreLayout } from '@tradewind/outbox/store-layout.ts';
import { context, registry, STOCK_ADJUSTED, stockAdjusted, TOPIC } from '@tradewind/outbox/stock.fixture.ts';

export const OTHER_TOPIC = 'another.topic';

interface Level {
  product_id: string;
  on_hand: number;
  /** Sum of all changes: shows whether an event was applied twice. */
  total: number;
  /** The same of the other topic. */
  other_total: number;
  note: string;
  seen_at: string;
}

const cassandra: CassandraLayout = {
  columns: {
    ...{
      product_id: 'text',
      on_hand: 'int',
      total: 'int',
      other_total: 'int',
      note: 'text',
      seen_at: 'timestamp',
    },
  },
  partition: ['product_id'],
  clustering: [],
  placeOf: (event) => ({ product_id: event.partitionKey }),
  columnsOf: { [OTHER_TOPIC]: ['other_total'] },
};

const redis: RedisLayout = { sorted: [{ by: [], score: 'seen_at' }], sums: { by: ['note'], sum: 'on_hand' } };

function layout(kind: StoreKind): StoreLayout | undefined {
  switch (kind) {
    case 'cassandra':
      return { kind, cassandra };
    case 'redis':
      return { kind, redis };
    case 'redis+cassandra':
      return { kind, cassandra, redis };
    default:
      return undefined;
  }
}

/** What its evolve refuses, and what makes a row too large for a store that has a limit. */
export const POISON = 666;
export const HUGE = 777;

/** Stock levels from two topics, each of which has columns of its own. Events of the other one have a device. */
export const levelsIn = (kind: StoreKind) => {
  const store = layout(kind);
  return projection<Level>({
    name: 'stock_levels',
    topics: [TOPIC, OTHER_TOPIC],
    key: 'product_id',
    keyOf: (event) => event.partitionKey,
    ...(store === undefined ? {} : { store }),
    evolve(row, event) {
      if (event.eventType !== STOCK_ADJUSTED) return row;
      const { productId, onHand, delta, deviceId } = event.payload;
      if (delta === POISON) throw new Error('a number that this read model refuses');
      // Each topic sets all of its own columns, whatever the other one has left of the row.
      const total = (row?.total ?? 0) + (deviceId === null ? delta : 0);
      const other_total = (row?.other_total ?? 0) + (deviceId === null ? 0 : delta);
      const on_hand = deviceId === null ? onHand : (row?.on_hand ?? 0);
      const note = delta === HUGE ? 'x'.repeat(2_000_000) : '';
      return { product_id: productId, on_hand, total, other_total, note, seen_at: TIME };
    },
    parity: {
      source: 'select store_id, product_id as key, on_hand::text as digest from stock',
      digest: 'p.on_hand',
    },
  });
};

const TIME = '2026-01-31T12:00:00.000Z';

export const levelTables = `
  create table stock_levels_v1 (
    store_id text not null, product_id text not null, on_hand integer not null, total integer not null,
    other_total integer not null, note text not null, seen_at timestamptz not null, versions jsonb not null,
    primary key (store_id, product_id));
  call tradewind_isolate('stock_levels_v1');
  create view stock_levels with (security_invoker = true) as select * from stock_levels_v1;
  insert into projections (name, version, state) values ('stock_levels', 1, 'live');`;

export const decode = (value: Buffer): AnyEvent | Promise<AnyEvent> => registry.decode(value);

export interface Sample {
  readonly key: string;
  readonly version: number;
  readonly delta?: number;
  readonly storeId?: string;
  readonly topic?: string;
}

/** Messages as a broker would hand them over, each at the next offset of its partition. */
export function messageSource(): (sample: Sample) => Message {
  const next = new Map<string, bigint>();
  return ({ key, version, delta = 1, storeId = 'STORE-1', topic = TOPIC }) => {
    const eventId = newId();
    const event = stockAdjusted(key, delta, version);
    const deviceId = topic === TOPIC ? null : 'D1';
    const { payload } = eventEncoder('inventory', registry).encode(
      {
        event: { ...event, payload: { ...event.payload, deviceId } },
        eventId,
        version,
        context: context(storeId),
      },
      new Date(),
    );
    const partition = partitionFor(key, 12);
    const place = `${topic} ${partition}`;
    const offset = next.get(place) ?? 0n;
    next.set(place, offset + 1n);
    const headers = { eventId, eventType: STOCK_ADJUSTED, storeId, aggregateVersion: String(version) };
    return { topic, partition, offset, timestamp: 0, key, value: payload, headers };
  };
}
