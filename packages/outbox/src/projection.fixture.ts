import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { eventEncoder } from './encoder.ts';
import { projection } from './projection.ts';
import { context, registry, STOCK_ADJUSTED, stockAdjusted, TOPIC } from './stock.fixture.ts';

interface Level {
  product_id: string;
  on_hand: number;
  /** Sum of all changes: shows whether an event was applied twice. */
  total: number;
}

/** Stock levels, checked against the write model of stock.fixture.ts. */
export const levels = projection<Level>({
  name: 'stock_levels',
  topics: [TOPIC],
  key: 'product_id',
  keyOf: (event) => event.partitionKey,
  evolve(row, event) {
    if (event.eventType !== STOCK_ADJUSTED) return row;
    const { productId, onHand, delta } = event.payload;
    if (delta === 666) throw new Error('a number that this read model refuses');
    return { ...row, product_id: productId, on_hand: onHand, total: (row?.total ?? 0) + delta };
  },
  parity: {
    source: 'select store_id, product_id as key, on_hand::text as digest from stock',
    digest: 'p.on_hand',
  },
});

export const levelTables = `
  create table stock_levels_v1 (
    store_id text not null, product_id text not null, on_hand integer not null, total integer not null,
    versions jsonb not null, primary key (store_id, product_id));
  call tradewind_isolate('stock_levels_v1');
  create view stock_levels with (security_invoker = true) as select * from stock_levels_v1;
  insert into projections (name, version, state) values ('stock_levels', 1, 'live');`;

export const decode = (value: Buffer): AnyEvent | Promise<AnyEvent> =>
  registry.decode(value) as AnyEvent | Promise<AnyEvent>;

export interface Sample {
  readonly key: string;
  readonly version: number;
  readonly delta?: number;
  readonly storeId?: string;
}

/** Messages as a broker would hand them over, each at the next offset of its partition. */
export function messageSource(): (sample: Sample) => Message {
  const next = new Map<number, bigint>();
  return ({ key, version, delta = 1, storeId = 'STORE-1' }) => {
    const eventId = newId();
    const { payload } = eventEncoder('inventory', registry).encode(
      { event: stockAdjusted(key, delta, version), eventId, version, context: context(storeId) },
      new Date(),
    );
    const partition = partitionFor(key, 12);
    const offset = next.get(partition) ?? 0n;
    next.set(partition, offset + 1n);
    const headers = { eventId, eventType: STOCK_ADJUSTED, storeId, aggregateVersion: String(version) };
    return { topic: TOPIC, partition, offset, timestamp: 0, key, value: payload, headers };
  };
}
