import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '@tradewind/messaging/broker.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { appliedVersions } from './applied-version.ts';
import { decode, levels, levelTables, messageSource, type Sample } from './projection.fixture.ts';
import { passOver } from './passed-over.ts';
import { createProjector, ProjectionRetired, type Projector } from './projector.ts';
import { stockDatabase, type StockDatabase, TOPIC } from './stock.fixture.ts';

describe('projector', () => {
  let database: StockDatabase;
  let projector: Projector;
  let message: (sample: Sample) => Message;

  beforeAll(async () => {
    database = await stockDatabase();
    await database.sql(levelTables);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.sql(
      'truncate stock_levels_v1, projection_checkpoints, parked_events, passed_over_events, outbox',
    );
    projector = another();
    message = messageSource();
  });

  const another = () => createProjector({ projection: levels, version: 1, db: database.db, decode });
  const rows = () =>
    database.sql(
      'select store_id, product_id, on_hand, total from stock_levels_v1 order by store_id, product_id',
    );
  const parked = () =>
    database.sql<{ key: string; code: string | null }>(
      'select partition_key as key, error_code as code from parked_events order by id',
    );
  const row = (product_id: string, n: number, store_id = 'STORE-1') => ({
    store_id,
    product_id,
    on_hand: n,
    total: n,
  });

  it('has a batch on disk before its offset may be committed', async () => {
    await projector.apply([message({ key: 'P1', version: 1 })]);
    const [before] = await database.sql<{ at: string }>('select pg_current_wal_insert_lsn()::text as at');
    await projector.apply([message({ key: 'P1', version: 2 })]);
    const flushed = 'select pg_current_wal_flush_lsn() > $1::pg_lsn as flushed';
    expect(await database.sql(flushed, [before?.at])).toEqual([{ flushed: true }]);
  });

  it('applies a batch that comes again once', async () => {
    const batch = [message({ key: 'P1', version: 1 }), message({ key: 'P1', version: 2 })];
    await projector.apply(batch);
    await projector.apply(batch);
    await another().apply([...batch, message({ key: 'P1', version: 3 })]);
    expect(await rows()).toEqual([row('P1', 3)]);
  });

  it('tells up to which version it shows an aggregate, to its tenant', async () => {
    const ends = new Map(Array.from({ length: 12 }, (_, partition) => [partition, 0n]));
    const applied = appliedVersions(database.db, { endOffsets: async () => ends });
    await projector.apply([1, 2].map((version) => message({ key: 'P1', version })));
    const asked = ['P1', 'P2'].map((key) => applied(levels, 'STORE-1', key, TOPIC));
    expect(await Promise.all(asked)).toEqual([2, 0]);
    expect(await applied(levels, 'STORE-1', 'P1', 'another.topic')).toBe(0);
    expect(await applied(levels, 'STORE-2', 'P1', TOPIC)).toBe(0);

    // Rows that stand elsewhere have no view: then all that the partition holds has to be applied.
    await database.sql('alter view stock_levels rename to elsewhere');
    try {
      const place = partitionFor('P1', 12);
      expect(await applied(levels, 'STORE-1', 'P1', TOPIC)).toBeGreaterThan(2);
      ends.set(place, 3n);
      expect(await applied(levels, 'STORE-1', 'P1', TOPIC)).toBe(0);
      await projector.apply([message({ key: 'P1', version: 3 })]);
      expect(await applied(levels, 'STORE-1', 'P1', TOPIC)).toBeGreaterThan(2);
      await database.sql(`insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version,
        correlation_id, payload) values ('STORE-1', '${TOPIC}', 'P1', gen_random_uuid(), 'T', 4, 'c', 'x')`);
      expect(await applied(levels, 'STORE-1', 'P1', TOPIC)).toBe(0);
    } finally {
      await database.sql('alter view elsewhere rename to stock_levels');
    }
  });

  it('leaves marks of when it had come how far', async () => {
    await database.sql('truncate projection_progress');
    for (const version of [1, 2, 3]) await projector.apply([message({ key: 'P1', version })]);
    const marks = await database.sql<{ next: string; past: boolean }>(
      `select next_offset::text as next, applied_at <= clock_timestamp() as past from projection_progress
       where projection = 'stock_levels' and version = 1 order by next_offset`,
    );
    expect(marks[0]).toEqual({ next: '1', past: true });
    const moved = await database.sql(
      `select c.applied_at >= max(p.applied_at) as after from projection_checkpoints c join projection_progress p
       using (projection, version, topic, partition) group by c.applied_at`,
    );
    expect(moved).toEqual([{ after: true }]);
  });

  it('drops an event that was published twice', async () => {
    const first = message({ key: 'P1', version: 1 });
    const second = message({ key: 'P1', version: 2 });
    await projector.apply([first, second]);
    await projector.apply([
      { ...first, offset: 2n },
      { ...second, offset: 3n },
    ]);
    expect(await rows()).toEqual([row('P1', 2)]);
  });

  it('loses nothing when two processes apply two topics to the same rows', async () => {
    const keys = Array.from({ length: 20 }, (_, n) => `P${10 + n}`);
    const ofOther = messageSource();
    const theirs = another();
    for (const version of [1, 2, 3, 4]) {
      const ours = keys.map((key) => message({ key, version }));
      const others = keys.map((key) => ({ ...ofOther({ key, version }), topic: 'another.topic' }));
      await Promise.all([projector.apply(ours), theirs.apply(others)]);
    }
    const totals = await database.sql<{ total: number }>('select distinct total from stock_levels_v1');
    expect(totals).toEqual([{ total: 8 }]);
    expect(await parked()).toEqual([]);
  });

  it('applies concurrent partitions side by side', async () => {
    const keys = Array.from({ length: 40 }, (_, n) => `P${n}`);
    const messages = [1, 2, 3].flatMap((version) => keys.map((key) => message({ key, version })));
    const partitions = Map.groupBy(messages, ({ partition }) => partition);
    await Promise.all([...partitions.values()].map((batch) => projector.apply(batch)));
    expect(await rows()).toEqual(keys.toSorted().map((key) => row(key, 3)));
    expect(projector.applied).toBe(120);
  });

  it('applies each event once when two processes hold the same partition', async () => {
    const batch = [1, 2, 3, 4].map((version) => message({ key: 'P1', version }));
    await Promise.all([projector.apply(batch), another().apply(batch), another().apply(batch.slice(0, 2))]);
    expect(await rows()).toEqual([row('P1', 4)]);
  });

  it('keeps tenants apart', async () => {
    await projector.apply([
      message({ key: 'P1', version: 1 }),
      message({ key: 'P1', version: 1, storeId: 'STORE-2' }),
      message({ key: 'P1', version: 2 }),
    ]);
    expect(await rows()).toEqual([row('P1', 2), row('P1', 1, 'STORE-2')]);
  });

  it('parks a key with a gap, and what follows it, while others go on', async () => {
    await projector.apply([message({ key: 'P1', version: 1 })]);
    await projector.apply([message({ key: 'P1', version: 3 }), message({ key: 'P1', version: 4 })]);
    await projector.apply([message({ key: 'P2', version: 1 })]);
    expect(await rows()).toEqual([row('P1', 1), row('P2', 1)]);
    expect(await parked()).toEqual([
      { key: 'P1', code: 'EVENT_GAP' },
      { key: 'P1', code: null },
    ]);
    expect(await database.sql('select topic from outbox')).toEqual([{ topic: 'dlq.stock_levels' }]);
  });

  it('parks what the table refuses, and applies the rest of its batch', async () => {
    const most = 2 ** 31 - 1;
    await projector.apply([
      message({ key: 'P1', version: 1, delta: most }),
      message({ key: 'P1', version: 2, delta: 1 }),
      message({ key: 'P1', version: 3 }),
      message({ key: 'P2', version: 1 }),
    ]);
    const stored = await database.sql('select product_id, on_hand, total from stock_levels_v1 order by 1');
    expect(stored).toEqual([
      { product_id: 'P1', on_hand: 1, total: most },
      { product_id: 'P2', on_hand: 1, total: 1 },
    ]);
    expect(await parked()).toEqual([
      { key: 'P1', code: 'EVENT_REJECTED' },
      { key: 'P1', code: null },
    ]);
    const again = message({ key: 'P1', version: 2, delta: 1 });
    const retried = await database.db.transaction('STORE-1', (tx) => projector.retry(tx, again));
    expect(retried).toMatchObject({ code: 'EVENT_REJECTED' });
  });

  it('believes no header that the event contradicts', async () => {
    const foreign = message({ key: 'P1', version: 1, storeId: 'STORE-2' });
    await projector.apply([
      { ...foreign, headers: { ...foreign.headers, storeId: 'STORE-1' } },
      message({ key: 'P2', version: 1 }),
    ]);
    expect(await rows()).toEqual([row('P2', 1)]);
    expect(await parked()).toEqual([{ key: 'P1', code: 'EVENT_MISLABELED' }]);
  });

  it('takes the late event of a gap when it is retried', async () => {
    const [first, late, early] = [1, 2, 3].map((version) => message({ key: 'P1', version }));
    await projector.apply([first!]);
    await projector.apply([early!]);
    await database.db.transaction('STORE-1', async (tx) => {
      expect(await projector.retry(tx, late!)).toBeUndefined();
      expect(await projector.retry(tx, early!)).toBeUndefined();
    });
    expect(await rows()).toEqual([row('P1', 3)]);
  });

  it('parks what the read model refuses, and what nobody can decode', async () => {
    const garbled = message({ key: 'P2', version: 1 });
    await projector.apply([message({ key: 'P1', version: 1, delta: 666 })]);
    await projector.apply([{ ...garbled, value: garbled.value.subarray(0, 9) }]);
    expect((await parked()).map(({ code }) => code)).toEqual(['EVENT_REJECTED', 'EVENT_MALFORMED']);
    expect(await rows()).toEqual([]);
  });

  it('goes on without what an operator gave up, and without what is missing before it', async () => {
    const versions = [1, 2, 3, 4, 5, 6].map((version) => message({ key: 'P1', version }));
    const [first, garbled, third, , fifth, sixth] = versions;
    const unreadable = { ...garbled!, value: garbled!.value.subarray(0, 9) };
    const giveUp = (version: number) =>
      database.db.transaction('STORE-1', (tx) =>
        passOver(tx, { storeId: 'STORE-1', projection: levels.name, topic: TOPIC, key: 'P1', version }),
      );
    await giveUp(2);
    await projector.apply([first!, unreadable, third!]);
    expect(await rows()).toEqual([{ ...row('P1', 3), total: 2 }]);
    await giveUp(5);
    await projector.apply([fifth!, sixth!]);
    expect(await rows()).toEqual([{ ...row('P1', 6), total: 3 }]);
    expect(await parked()).toEqual([]);
  });

  it('passes nobody else over', async () => {
    const other = { storeId: 'STORE-2', projection: levels.name, topic: TOPIC, key: 'P1', version: 2 };
    await database.db.transaction('STORE-2', (tx) => passOver(tx, other));
    const [first, , third] = [1, 2, 3].map((version) => message({ key: 'P1', version }));
    await projector.apply([first!, third!]);
    expect(await parked()).toEqual([{ key: 'P1', code: 'EVENT_GAP' }]);
  });

  it('refuses to write to a version that is not there any more', async () => {
    const retired = createProjector({ projection: levels, version: 7, db: database.db, decode });
    await expect(retired.apply([message({ key: 'P1', version: 1 })])).rejects.toBeInstanceOf(
      ProjectionRetired,
    );
  });
});
