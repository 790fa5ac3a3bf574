import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { deadLetters, dropDeadLetter } from './dead-letters.ts';
import { compare } from './parity.ts';
import { levels } from './projection.fixture.ts';
import { RebuildRunning } from './rebuild.ts';
import { one, type ReplayScene, replayScene, two } from './replay-scene.fixture.ts';
import { TOPIC } from './stock.fixture.ts';

describe('rebuild', () => {
  let scene: ReplayScene;

  beforeEach(async () => {
    scene = await replayScene();
  });
  afterEach(() => scene.close());

  const view = () => scene.view();
  const states = () => scene.states();
  const change: ReplayScene['change'] = (...given) => scene.change(...given);
  const replay: ReplayScene['replay'] = (options) => scene.replay(options);
  const history = () => scene.history();

  it('builds a new version beside the live one, compares, and switches', async () => {
    await history();
    await scene.database.sql('update stock_levels_v1 set total = 99');
    const report = await replay();
    expect(report).toMatchObject({ version: 2, events: 4n, rows: 2, mismatches: [], switched: true });
    expect(await view()).toEqual([one, two]);
    expect(await states()).toEqual([
      { version: 1, state: 'retired' },
      { version: 2, state: 'live' },
    ]);
  });

  it('waits for rows that are only late, as long as they take', async () => {
    await history();
    const { sql, systemDb } = scene.database;
    const given = { projection: levels, systemDb };
    await sql(`create table kept as select * from stock_levels_v1; delete from stock_levels_v1`);
    let looks = 0;
    const settle = async () => {
      if (++looks === 2) await sql('insert into stock_levels_v1 select * from kept');
    };
    expect(await compare({ ...given, settle }, 1)).toMatchObject({ mismatches: [], inMotion: 2 });
    expect(looks).toBe(2);
  });

  it('knows a row that is never still by what its source has been, and one that is wrong all the same', async () => {
    await history();
    const { sql, systemDb } = scene.database;
    await sql('update stock_levels_v1 set on_hand = 99');
    const pieces = (n: number) => 100 + (n % 800);
    let over = false;
    const moving = (async () => {
      for (let n = 3; !over; n++) {
        await sql(`update stock set on_hand = ${pieces(n)} where store_id = 'STORE-1'`);
        // The projection is always three changes late.
        await sql(`update stock_levels_v1 set on_hand = ${pieces(n - 3)} where store_id = 'STORE-1'`);
      }
    })();
    try {
      const { mismatches, inMotion } = await compare({ projection: levels, systemDb }, 1);
      expect(mismatches).toEqual([{ storeId: 'STORE-2', key: 'P1', source: '1', projection: '99' }]);
      expect(inMotion).toBe(1);
    } finally {
      over = true;
      await moving;
    }
  });

  it('reads from a time or an offset on, and does not wait for what is not to be read', async () => {
    await history();
    const tomorrow = await replay({ from: Date.now() + 86_400_000 });
    expect(tomorrow).toMatchObject({ events: 0n, rows: 0, switched: false });
    expect(tomorrow.mismatches).toHaveLength(2);
    const places = [...(await scene.broker.endOffsets(TOPIC))].filter(([, end]) => end > 0n);
    const later = new Map(places.map(([partition, end]) => [`${TOPIC} ${partition}`, end - 1n]));
    expect(await replay({ from: later })).toMatchObject({
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
    await scene.database.sql(`update stock set on_hand = 7 where store_id = 'STORE-1'`);
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
    await expect(replay({ signal: AbortSignal.abort() })).rejects.toThrow(/aborted/);
    expect(await replay()).toMatchObject({ version: 2, switched: true, mismatches: [] });
  });

  it('repairs a key that the live version has parked', async () => {
    await history();
    await scene.database.sql(`
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
    const refused = () => scene.database.sql('select consumer, partition_key as key from parked_events');
    await eventually(async () => expect(await refused()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]));
    expect(await replay()).toMatchObject({ switched: false, mismatches: [{ key: 'P2' }] });
    expect(await refused()).toHaveLength(2);
    expect(await replay({ verify: false })).toMatchObject({ switched: true });
    expect(await refused()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]);
  });

  it('goes on without what was given up for the live version', async () => {
    await history();
    await change('P2', 666);
    const refused = () => scene.database.sql('select consumer from parked_events');
    await eventually(async () => expect(await refused()).toHaveLength(1));
    const as = scene.database.db;
    const [letter] = await as.transaction('STORE-1', (tx) => deadLetters(tx));
    await as.transaction('STORE-1', (tx) => dropDeadLetter(tx, letter!));
    expect(await replay({ verify: false })).toMatchObject({ switched: true });
    expect(await refused()).toEqual([]);
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
    expect(await scene.database.sql(`select to_regclass('stock_levels_v1') as gone`)).toEqual([
      { gone: null },
    ]);
  });
});
