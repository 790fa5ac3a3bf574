import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Publisher, PublishError } from '@tradewind/messaging/broker.ts';
import { createInMemoryCluster, type InMemoryCluster } from '@tradewind/messaging/in-memory-broker.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { createRelay, type Relay } from './relay.ts';
import {
  adjust,
  context,
  quiet,
  stockDatabase,
  type StockDatabase,
  stockStore,
  TOPIC,
} from './stock.fixture.ts';

describe('relay', () => {
  let database: StockDatabase;
  let cluster: InMemoryCluster;
  let relays: Relay[];

  beforeAll(async () => {
    database = await stockDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.sql('truncate stock, outbox');
    cluster = createInMemoryCluster({ topics: [TOPIC] });
    relays = [];
  });
  afterEach(() => Promise.all(relays.map((relay) => relay.stop())));

  function start(name: string, publisher: Publisher = cluster.connect().publisher()): Relay {
    const relay = createRelay({ systemUrl: database.systemUrl, service: name, publisher, log: quiet });
    relays.push(relay);
    relay.start();
    return relay;
  }

  const change = (key: string) => stockStore(database.db).handle(key, adjust(key, 1), { context: context() });
  const waiting = () => database.sql<{ key: string }>('select partition_key as key from outbox order by id');
  const drained = () => eventually(async () => expect(await waiting()).toEqual([]), { within: 20_000 });

  /** Versions of each key as they stand in the topic. */
  async function log(): Promise<Map<string, number[]>> {
    const versions = new Map<string, number[]>();
    const broker = cluster.connect();
    for (const [partition, end] of await broker.endOffsets(TOPIC)) {
      for await (const batch of broker.read(TOPIC, partition, 0n, end)) {
        for (const { key, headers } of batch) {
          versions.set(key, [...(versions.get(key) ?? []), Number(headers['aggregateVersion'])]);
        }
      }
    }
    return versions;
  }

  it('publishes every event once, in order, with 24 writers and 2 relays', async () => {
    start('one');
    start('two');
    const keys = Array.from({ length: 8 }, (_, n) => `P${n}`);
    await Promise.all(keys.map(change));
    const writers = Array.from({ length: 24 }, (_, n) =>
      openDatabase({ url: database.databaseUrl, name: `writer-${n}`, maxConnections: 1 }),
    );
    await Promise.all(
      writers.map(async (db, n) => {
        const store = stockStore(db);
        for (let round = 0; round < 20; round++) {
          const key = keys[(n + round) % keys.length]!;
          await store.handle(key, adjust(key, 1), { context: context() });
        }
        await db.close();
      }),
    );
    await drained();
    const seen = await log();
    for (const key of keys) expect(seen.get(key)).toEqual(Array.from({ length: 61 }, (_, n) => n + 1));
    expect(relays.filter(({ leader }) => leader)).toHaveLength(1);
  });

  it('loses nothing and goes on within 5 s when the leader’s connection is killed', async () => {
    start('one');
    start('two');
    await eventually(() => expect(relays.some(({ leader }) => leader)).toBe(true));
    const leader = relays[0]?.leader ? 'one:relay' : 'two:relay';
    await change('P1');
    await drained();
    const killed = performance.now();
    await database.systemDb.transaction('', (tx) =>
      tx.execute('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
        leader,
      ]),
    );
    await change('P1');
    await drained();
    expect(performance.now() - killed).toBeLessThan(5_000);
    expect(await log()).toEqual(new Map([['P1', [1, 2]]]));
  });

  it('hands over to the other process when the leader stops', async () => {
    const first = start('one');
    await eventually(() => expect(first.leader).toBe(true));
    const second = start('two');
    await first.stop();
    await change('P1');
    await eventually(() => expect(second.published).toBe(1), { within: 5_000 });
  });

  it('parks the aggregate of a poisonous event, and nothing else', async () => {
    const real = cluster.connect().publisher();
    start('one', {
      publish(topic, messages) {
        const poison = messages.flatMap(({ key }, position) => (key === 'P-bad' ? [position] : []));
        if (poison.length > 0) throw new PublishError('too large', { retryable: false, poison });
        return real.publish(topic, messages);
      },
      close: () => real.close(),
    });
    await Promise.all([change('P1'), change('P-bad'), change('P2')]);
    await change('P-bad');
    await change('P1');
    await eventually(async () => expect((await waiting()).map(({ key }) => key)).toEqual(['P-bad', 'P-bad']));
    const seen = await log();
    expect(new Set(seen.get('P1'))).toEqual(new Set([1, 2]));
    expect(seen.has('P2')).toBe(true);
    expect(seen.has('P-bad')).toBe(false);
  });

  it('reads the outbox again after the broker was away', async () => {
    const real = cluster.connect().publisher();
    let failures = 3;
    start('one', {
      publish(topic, messages) {
        if (failures-- > 0) throw new PublishError('away', { retryable: true });
        return real.publish(topic, messages);
      },
      close: () => real.close(),
    });
    await change('P1');
    await change('P1');
    await drained();
    expect(await log()).toEqual(new Map([['P1', [1, 2]]]));
  });

  it('publishes once what one topic takes while another one is away', async () => {
    const real = cluster.connect().publisher();
    let failures = 3;
    start('one', {
      publish(topic, messages) {
        if (topic === 'elsewhere' && failures-- > 0) throw new PublishError('away', { retryable: true });
        return topic === 'elsewhere' ? Promise.resolve() : real.publish(topic, messages);
      },
      close: () => real.close(),
    });
    await database.sql(`insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version,
      correlation_id, payload) values ('STORE-1', 'elsewhere', 'X', gen_random_uuid(), 'x', 1, 'c', '')`);
    await change('P1');
    await drained();
    expect(failures).toBeLessThan(0);
    expect(await log()).toEqual(new Map([['P1', [1]]]));
  });
});
