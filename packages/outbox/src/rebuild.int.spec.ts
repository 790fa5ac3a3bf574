import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Broker } from '@tradewind/messaging/broker.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { decode, levels, levelTables } from './projection.fixture.ts';
import { runProjection, type ProjectionRunner } from './projection-runner.ts';
import { rebuild, RebuildRunning, type RebuildOptions, type RebuildReport } from './rebuild.ts';
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

describe('rebuild', () => {
  let database: StockDatabase;
  let broker: Broker & BrokerLog;
  let relay: Relay;
  let runner: ProjectionRunner;

  beforeEach(async () => {
    database = await stockDatabase();
    await database.sql(levelTables);
    broker = createInMemoryBroker({ topics: [TOPIC, 'dlq.stock_levels'] });
    const { db, systemDb, systemUrl } = database;
    relay = createRelay({ systemUrl, service: 'inventory', publisher: broker.publisher(), log: quiet });
    runner = runProjection({
      projection: levels,
      service: 'inventory',
      broker,
      db,
      systemDb,
      decode,
      log: quiet,
      onCrash: () => undefined,
    });
    relay.start();
    await runner.start();
  });
  afterEach(async () => {
    await runner.stop();
    await relay.stop();
    await broker.close();
    await database.close();
  });

  const change = (key: string, delta = 1, storeId = 'STORE-1') =>
    stockStore(database.db, () => relay.wake()).handle(key, adjust(key, delta), {
      context: context(storeId),
    });
  const view = () =>
    database.systemDb.transaction('', (tx) =>
      tx.query('select store_id, product_id, on_hand, total from stock_levels order by 1, 2'),
    );
  const states = () => database.sql('select version, state from projections order by version');
  const replay = (
    verify = true,
    signal = new AbortController().signal,
    from?: RebuildOptions['from'],
  ): Promise<RebuildReport> =>
    rebuild({
      ...(from === undefined ? {} : { from }),
      service: 'inventory',
      projection: levels,
      brokerLog: broker,
      db: database.db,
      systemUrl: database.systemUrl,
      systemDb: database.systemDb,
      decode,
      verify,
      onProgress: () => undefined,
      signal,
    });

  const one = { store_id: 'STORE-1', product_id: 'P1', on_hand: 3, total: 3 };
  const two = { store_id: 'STORE-2', product_id: 'P1', on_hand: 1, total: 1 };
  async function history(): Promise<void> {
    for (let round = 0; round < 3; round++) await change('P1');
    await change('P1', 1, 'STORE-2');
    await eventually(async () => expect(await view()).toEqual([one, two]));
  }

  it('builds a new version beside the live one, compares, and switches', async () => {
    await history();
    await database.sql('update stock_levels_v1 set total = 99');
    const report = await replay();
    expect(report).toMatchObject({ version: 2, events: 4n, rows: 2, mismatches: [], switched: true });
    expect(await view()).toEqual([one, two]);
    expect(await states()).toEqual([
      { version: 1, state: 'retired' },
      { version: 2, state: 'live' },
    ]);
  });

  it('reads from a time or an offset on, and does not wait for what is not to be read', async () => {
    await history();
    const tomorrow = await replay(true, undefined, Date.now() + 86_400_000);
    expect(tomorrow).toMatchObject({ events: 0n, rows: 0, switched: false });
    expect(tomorrow.mismatches).toHaveLength(2);
    const places = [...(await broker.endOffsets(TOPIC))].filter(([, end]) => end > 0n);
    const later = new Map(places.map(([partition, end]) => [`${TOPIC} ${partition}`, end - 1n]));
    expect(await replay(true, undefined, later)).toMatchObject({
      events: BigInt(places.length),
      switched: false,
    });
    expect(await view()).toEqual([one, two]);
  });

  it('lets the running projection go on with the new version', async () => {
    await history();
    await replay();
    await change('P1');
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 4, total: 4 }, two]));
  });

  it('does not switch on a mismatch with the write model, and names the row', async () => {
    await history();
    await database.sql(`update stock set on_hand = 7 where store_id = 'STORE-1'`);
    const report = await replay();
    expect(report.switched).toBe(false);
    expect(report.mismatches).toEqual([{ storeId: 'STORE-1', key: 'P1', source: '7', projection: '3' }]);
    expect(await states()).toMatchObject([{ state: 'live' }, { state: 'building' }]);
  });

  it('refuses a second replay of the same projection at once', async () => {
    await history();
    const [first, second] = await Promise.allSettled([replay(), replay()]);
    const refused = [first, second].filter((it) => it.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBeInstanceOf(RebuildRunning);
  });

  it('resumes the half-built version of a replay that was stopped', async () => {
    await history();
    await expect(replay(true, AbortSignal.abort())).rejects.toThrow(/aborted/);
    expect(await replay()).toMatchObject({ version: 2, switched: true, mismatches: [] });
  });

  it('repairs a key that the live version has parked', async () => {
    await history();
    await database.sql(`
      insert into parked_events (store_id, consumer, topic, partition_key, partition, kafka_offset, headers, payload,
        error_code, attempts)
      select 'STORE-1', 'stock_levels', '${TOPIC}', 'P1', 0, 0, '{}', '', 'EVENT_REJECTED', 1`);
    expect(await replay()).toMatchObject({ switched: true, mismatches: [] });
    await change('P1');
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 4, total: 4 }, two]));
  });

  it('parks for itself what the new version refuses, and keeps it over the switch', async () => {
    await history();
    await change('P2', 666);
    const refused = () => database.sql('select consumer, partition_key as key from parked_events');
    await eventually(async () => expect(await refused()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]));
    expect(await replay(true)).toMatchObject({ switched: false, mismatches: [{ key: 'P2' }] });
    expect(await refused()).toHaveLength(2);
    expect(await replay(false)).toMatchObject({ switched: true });
    expect(await refused()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]);
  });

  it('drops what is older than the live version’s predecessor when the next one is begun', async () => {
    await history();
    await replay();
    await replay();
    await replay();
    expect(await states()).toEqual([
      { version: 2, state: 'retired' },
      { version: 3, state: 'retired' },
      { version: 4, state: 'live' },
    ]);
    expect(await database.sql(`select to_regclass('stock_levels_v1') as gone`)).toEqual([{ gone: null }]);
  });
});
