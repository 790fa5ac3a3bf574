import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@tradewind/testing/eventually.ts';
import { bucketList, bucketsOf } from './bucket-digest.ts';
import { checkCertificate } from './check-certificate.ts';
import { dropOld } from './drop-old.ts';
import { NothingToRollBackTo, rollback } from './rebuild.ts';
import { one, type ReplayScene, replayScene, two } from './replay-scene.fixture.ts';

describe('replays as operators need them', () => {
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

  it('certifies what it has read: the same offsets make the same digests, and every bucket equals its source', async () => {
    await history();
    const first = (await replay()).certificate;
    const second = (await replay()).certificate;
    expect(second.replayed).toEqual(first.replayed);
    expect(second.offsets).toEqual(first.offsets);
    expect(first).toMatchObject({
      ...{ verdict: 'equal', differences: { count: 0, first: [] } },
      replayed: { events: '4', rows: 2 },
      parity: { against: 'write model', sourceRows: 2, projectionRows: 2, differingBuckets: [] },
    });
    const rows = [
      { storeId: 'STORE-1', key: 'P1', digest: '3' },
      { storeId: 'STORE-2', key: 'P1', digest: '1' },
    ];
    expect(first.parity.projection).toEqual(bucketList(bucketsOf(rows)));
  });

  it('reads a certificate again, later, and finds out where it does not hold', async () => {
    await history();
    const { certificate } = await replay();
    await change('P1');
    const before = await states();
    const check = (wanted = certificate) => checkCertificate({ ...scene.uses(), build: '' }, wanted);
    expect((await check()).reasons).toEqual([]);
    const [bucket] = bucketsOf([{ storeId: 'STORE-1', key: 'P1', digest: '' }]).keys();
    const buckets = certificate.replayed.buckets.with(bucket!, `1 ${'0'.repeat(64)}`);
    const forged = { ...certificate, replayed: { ...certificate.replayed, buckets } };
    expect((await check(forged)).reasons).toEqual([`buckets that differ: ${bucket}`]);
    expect(await states()).toEqual(before);
  });

  it('stops at a time, and never goes live', async () => {
    await change('P1');
    await eventually(async () => expect(await view()).toHaveLength(1));
    const [{ now } = { now: new Date() }] = await scene.database.sql<{ now: Date }>(
      'select clock_timestamp() as now',
    );
    await eventually(async () => {
      const rows = await scene.database.sql<{ later: boolean }>(
        "select clock_timestamp() > $1::timestamptz + interval '2 ms' as later",
        [now],
      );
      expect(rows).toEqual([{ later: true }]);
    });
    await change('P1');
    await change('P2');
    await eventually(async () => expect(await view()).toHaveLength(2));
    const report = await replay({ until: now });
    expect(report).toMatchObject({ rows: 1, switched: false, certificate: { verdict: 'unchecked' } });
    expect(
      await scene.database.sql(`select product_id, on_hand from stock_levels_v${report.version}`),
    ).toEqual([{ product_id: 'P1', on_hand: 1 }]);
    expect(await states()).toMatchObject([{ state: 'live' }, { state: 'building' }]);
    expect(await replay()).toMatchObject({ version: 3, switched: true });
    expect(await states()).toMatchObject([{ version: 1 }, { version: 3, state: 'live' }]);
  });

  it('holds what it has built until the next one goes on with it', async () => {
    await history();
    expect(await replay({ hold: true })).toMatchObject({ version: 2, switched: false, mismatches: [] });
    await change('P1');
    expect(await replay()).toMatchObject({ version: 2, switched: true });
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 4, total: 4 }, two]));
  });

  it('begins anew after a mismatch, and where another build or range began', async () => {
    await history();
    await scene.database.sql(`update stock set on_hand = 7 where store_id = 'STORE-1'`);
    expect(await replay()).toMatchObject({
      version: 2,
      switched: false,
      certificate: { verdict: 'different' },
    });
    await scene.database.sql(`update stock set on_hand = 3 where store_id = 'STORE-1'`);
    expect(await replay({ hold: true, build: 'old' })).toMatchObject({ version: 3 });
    expect(await replay({ build: 'new' })).toMatchObject({ version: 4, switched: true });
    expect(await states()).toEqual([
      { version: 1, state: 'retired' },
      { version: 4, state: 'live' },
    ]);
  });

  it('goes back to the version before once that has what it missed, and forth again', async () => {
    await history();
    await replay();
    await change('P1');
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 4, total: 4 }, two]));
    const back = () => rollback({ ...scene.uses(), verify: true });
    expect(await back()).toMatchObject({ version: 1, switched: true, mismatches: [] });
    expect(await view()).toEqual([{ ...one, on_hand: 4, total: 4 }, two]);
    expect(await states()).toEqual([
      { version: 1, state: 'live' },
      { version: 2, state: 'retired' },
    ]);
    await change('P1');
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 5, total: 5 }, two]));
    expect(await back()).toMatchObject({ version: 2, switched: true });
    await eventually(async () => expect(await view()).toEqual([{ ...one, on_hand: 5, total: 5 }, two]));
  });

  it('takes up again what the version before had parked, and leaves it as it was where the rollback is blocked', async () => {
    await history();
    await change('P2', 666);
    const parked = () => scene.database.sql('select consumer, partition_key as key from parked_events');
    await eventually(async () => expect(await parked()).toHaveLength(1));
    await replay({ verify: false });
    expect(await parked()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]);
    expect(await rollback({ ...scene.uses(), verify: true })).toMatchObject({
      switched: false,
      mismatches: [{ key: 'P2' }],
    });
    expect(await states()).toMatchObject([{ state: 'retired' }, { version: 2, state: 'live' }]);
    expect(await parked()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]);
    expect(await rollback({ ...scene.uses(), verify: false })).toMatchObject({ version: 1, switched: true });
    expect(await parked()).toEqual([{ consumer: 'stock_levels', key: 'P2' }]);
  });

  it('has nothing to go back to once the old versions were dropped', async () => {
    await history();
    await replay();
    expect(await dropOld(scene.uses())).toEqual([1]);
    expect(await scene.database.sql(`select to_regclass('stock_levels_v1') as gone`)).toEqual([
      { gone: null },
    ]);
    await expect(rollback({ ...scene.uses(), verify: true })).rejects.toBeInstanceOf(NothingToRollBackTo);
    expect(await view()).toEqual([one, two]);
  });

  it('is made and switched under the system’s role; the service’s own may not', async () => {
    await history();
    await expect(
      scene.database.db.transaction('', (tx) => tx.query(`select tradewind_drop_version('stock_levels', 1)`)),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      scene.database.systemDb.transaction('', (tx) =>
        tx.query(`select tradewind_drop_version('stock; drop table stock', 1)`),
      ),
    ).rejects.toMatchObject({ code: '42704' });
  });

  it('keeps to its speed', async () => {
    await history();
    expect(await replay({ speed: { kind: 'rate', perSecond: 40 } })).toMatchObject({
      events: 4n,
      switched: true,
    });
    expect(await replay({ speed: { kind: 'adaptive' } })).toMatchObject({ events: 4n, switched: true });
  });
});
