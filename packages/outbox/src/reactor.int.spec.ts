import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnyEvent, EventOf } from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Broker, OutgoingMessage } from '@tradewind/messaging/broker.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { eventEncoder } from './encoder.ts';
import { on } from './reaction.ts';
import { createReactor, type Reactor } from './reactor.ts';
import {
  adjust,
  context,
  quiet,
  registry,
  STOCK_ADJUSTED,
  stockAdjusted,
  stockDatabase,
  type StockDatabase,
  stockStore,
  TOPIC,
} from './stock.fixture.ts';

const CONSUMER = 'inventory.on-stock-adjusted';
const poison = new DomainError('BAD_EVENT', 'rejected', 'no such product');
const away = new DomainError('PEER_AWAY', 'unavailable', 'comes back');

/** Encodes an event as the relay publishes it. */
function message(key: string, version: number, eventId = newId(), storeId = 'STORE-1'): OutgoingMessage {
  const event = stockAdjusted(key, 1, version);
  const { payload } = eventEncoder('inventory', registry).encode(
    { event, eventId, version, context: context(storeId) },
    new Date(),
  );
  return {
    key,
    value: payload,
    headers: {
      eventId,
      eventType: STOCK_ADJUSTED,
      storeId,
      aggregateVersion: String(version),
      correlationId: 'corr-1',
    },
  };
}

describe('reactor', () => {
  let database: StockDatabase;
  let broker: Broker;
  let reactor: Reactor | undefined;
  let handled: string[];

  beforeAll(async () => {
    database = await stockDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.sql('truncate stock, outbox, inbox, parked_events');
    broker = createInMemoryBroker({ topics: [TOPIC] });
    handled = [];
  });
  afterEach(async () => {
    await reactor?.stop();
    await broker.close();
  });

  async function start(work: (event: EventOf<typeof STOCK_ADJUSTED>) => void | Promise<void>): Promise<void> {
    const store = stockStore(database.db);
    const reaction = on(STOCK_ADJUSTED, CONSUMER, () => async (event, { inbox, context: caused }) => {
      await work(event);
      // The effect: counts the events of a product on another aggregate.
      const key = `seen-${event.partitionKey}`;
      const { duplicate } = await store.handle(key, adjust(key, 1), { context: caused, inbox });
      if (!duplicate) handled.push(`${event.partitionKey} ${event.aggregateVersion}`);
    });
    reactor = createReactor({
      service: 'inventory',
      broker,
      topicOf: () => TOPIC,
      decode: (value) => registry.decode(value) as AnyEvent | Promise<AnyEvent>,
      db: database.db,
      systemDb: database.systemDb,
      reactions: [reaction] as never,
      deps: undefined,
      log: quiet,
      onCrash: () => undefined,
    });
    await reactor.start();
  }

  const publish = (...messages: OutgoingMessage[]) => broker.publisher().publish(TOPIC, messages);
  const parked = () =>
    database.sql<{ key: string; code: string | null; attempts: number }>(
      'select partition_key as key, error_code as code, attempts from parked_events order by id',
    );
  const letters = () => database.sql(`select headers from outbox where topic = 'dlq.${CONSUMER}'`);

  it('applies each event once, though it is delivered twice', async () => {
    await start(() => undefined);
    const twice = message('P1', 1);
    await publish(twice, message('P2', 1));
    await publish(twice, message('P1', 2));
    await eventually(() => expect(handled.toSorted()).toEqual(['P1 1', 'P1 2', 'P2 1']));
    expect(await database.sql('select product_id, on_hand from stock order by 1')).toEqual([
      { product_id: 'seen-P1', on_hand: 2 },
      { product_id: 'seen-P2', on_hand: 1 },
    ]);
  });

  it('acts as the tenant of each event, and passes its context on', async () => {
    await start(() => undefined);
    const eventId = newId();
    await publish(message('P1', 1, eventId, 'STORE-2'), message('P1', 1));
    await eventually(async () => {
      const rows = await database.sql('select store_id, on_hand from stock order by 1');
      expect(rows).toEqual([
        { store_id: 'STORE-1', on_hand: 1 },
        { store_id: 'STORE-2', on_hand: 1 },
      ]);
    });
    const [row] = await database.sql<{ payload: Buffer }>(
      `select payload from outbox where store_id = 'STORE-2'`,
    );
    const caused = registry.decode(row!.payload) as AnyEvent;
    expect(caused).toMatchObject({ causationId: eventId, correlationId: 'corr-1', storeId: 'STORE-2' });
  });

  it('parks a key that fails behind a dead letter while others go on', async () => {
    await start(({ partitionKey }) => {
      if (partitionKey === 'P-bad') throw poison;
    });
    await publish(message('P-bad', 1), message('P1', 1), message('P-bad', 2));
    await publish(message('P-bad', 3), message('P1', 2));
    await eventually(() => expect(handled).toEqual(['P1 1', 'P1 2']));
    await eventually(async () =>
      expect(await parked()).toEqual([
        { key: 'P-bad', code: 'BAD_EVENT', attempts: 1 },
        { key: 'P-bad', code: null, attempts: 0 },
        { key: 'P-bad', code: null, attempts: 0 },
      ]),
    );
    expect(await letters()).toMatchObject([
      { headers: { 'dlq.consumer': CONSUMER, 'dlq.topic': TOPIC, 'dlq.error-code': 'BAD_EVENT' } },
    ]);
  });

  it('goes on with a key in order once its head was retried or dropped', async () => {
    let broken = true;
    await start(({ aggregateVersion }) => {
      if (broken && aggregateVersion === 1) throw poison;
    });
    await publish(message('P1', 1), message('P1', 2), message('P1', 3));
    await eventually(async () => expect(await parked()).toHaveLength(3));
    broken = false;
    await database.sql('update parked_events set next_attempt_at = now() where next_attempt_at is null');
    await eventually(() => expect(handled).toEqual(['P1 1', 'P1 2', 'P1 3']));
    expect(await parked()).toEqual([]);
  });

  it('tries a retryable failure again by itself, and keeps the key’s order', async () => {
    let failures = 5;
    await start(({ partitionKey }) => {
      if (partitionKey === 'P1' && failures-- > 0) throw away;
    });
    await publish(message('P1', 1), message('P1', 2), message('P2', 1));
    await eventually(() => expect(handled).toEqual(['P2 1']), { within: 1_000 });
    await eventually(() => expect(handled).toEqual(['P2 1', 'P1 1', 'P1 2']), { within: 20_000 });
    expect(await letters()).toEqual([]);
  });

  it('parks what nobody can decode', async () => {
    await start(() => undefined);
    const garbled = message('P1', 1);
    await publish({ ...garbled, value: garbled.value.subarray(0, 9) }, message('P2', 1));
    await eventually(() => expect(handled).toEqual(['P2 1']));
    await eventually(async () =>
      expect(await parked()).toMatchObject([{ key: 'P1', code: 'EVENT_MALFORMED' }]),
    );
  });
});
