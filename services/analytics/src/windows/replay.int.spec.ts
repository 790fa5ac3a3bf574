import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type AnyEvent, eventDefinitions } from '@tradewind/contracts/event.ts';
import { createInMemoryBroker } from '@tradewind/messaging/in-memory-broker.ts';
import { dropOld } from '@tradewind/outbox/drop-old.ts';
import { runProjection } from '@tradewind/outbox/projection-runner.ts';
import { rebuild, type RebuildOptions, rollback } from '@tradewind/outbox/rebuild.ts';
import type { ReplayUses } from '@tradewind/outbox/replay-session.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decode, newLog, orderOf } from '#events.fixture.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';

const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function open() {
  const database = await templateDatabase({ name: 'analytics', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'replay-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'replay-test', maxConnections: 4 });
  const projection = revenueWindows({ latenessMs: 30_000 });
  const broker = createInMemoryBroker({ topics: [...projection.topics, 'dlq.revenue_windows'] });
  const publisher = broker.publisher();
  const runner = runProjection({
    ...{ projection, service: 'analytics', broker, db, systemDb, decode, log: quiet },
    onCrash: () => undefined,
  });
  await runner.start();
  const uses: ReplayUses = {
    ...{ service: 'analytics', projection, brokerLog: broker, decode, db, systemDb },
    systemUrl: database.systemUrl,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  };
  const log = newLog();
  return {
    ...{ uses, systemDb },
    rows: <Row extends object>(text: string) => systemDb.transaction('', (tx) => tx.execute<Row>(text)),
    async publish(...events: AnyEvent[]) {
      for (const event of events) {
        const { key, value, headers } = log.message(event);
        await publisher.publish(eventDefinitions[event.eventType].topic, [
          { key, value, headers: { ...headers, aggregateVersion: String(event.aggregateVersion) } },
        ]);
      }
    },
    replay: (options: Partial<RebuildOptions> = {}) => rebuild({ ...uses, verify: true, ...options }),
    async close() {
      await runner.stop();
      await broker.close();
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

describe('replays of the windows', () => {
  let scene: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    scene = await open();
  });
  afterAll(() => scene.close());

  const gross = async () => {
    const [day] = await scene.rows<{ gross: number }>(
      `select (figures->>'gross')::int as gross from revenue_windows where key like 'revenue 1d %'`,
    );
    return day?.gross;
  };
  let sold = 0;
  const sell = async (pieces: number) => {
    sold += 100 * pieces;
    const orders = Array.from({ length: pieces }, () => orderOf({ minor: 100n }));
    await scene.publish(...orders.flatMap((order) => [order.created(), order.paid()]));
  };
  const live = async () => (await scene.rows<{ version: number }>(LIVE))[0]!.version;

  beforeEach(async () => {
    await sell(2);
    await eventually(async () => expect(await gross()).toBe(sold));
  });

  it('make the same figures beside the live ones, certify them and switch', async () => {
    const report = await scene.replay();
    expect(report).toMatchObject({ switched: true, mismatches: [] });
    expect(report.certificate).toMatchObject({
      verdict: 'equal',
      parity: { against: 'live version', differingBuckets: [], inMotion: 0 },
    });
    await sell(1);
    await eventually(async () => expect(await gross()).toBe(sold));
  });

  it('find both equal while events come', async () => {
    let selling = true;
    const sale = (async () => {
      while (selling) {
        await sell(1);
        await setImmediate();
      }
    })();
    const report = await scene.replay().finally(() => {
      selling = false;
    });
    await sale;
    expect(report).toMatchObject({ switched: true, mismatches: [] });
  });

  it('do not switch to figures that differ, and say which', async () => {
    const version = await live();
    await scene.rows(
      `update window_revenue set gross_minor = gross_minor + 1 where build = ${version} and size = '1d'`,
    );
    const { switched, certificate } = await scene.replay();
    expect({ switched, verdict: certificate.verdict }).toEqual({ switched: false, verdict: 'different' });
    expect(certificate.differences.first).toMatchObject([{ key: 'revenue 1d 2026-11-20T00:00 USD' }]);
    expect(await live()).toBe(version);
    expect(await scene.replay({ verify: false })).toMatchObject({ switched: true });
    expect(await gross()).toBe(sold);
  });

  it('go back to the version before, which reads what it has missed', async () => {
    await scene.replay();
    const version = await live();
    await sell(1);
    const back = await rollback({ ...scene.uses, verify: true });
    expect(back).toMatchObject({ switched: true, mismatches: [] });
    expect(await live()).not.toBe(version);
    expect(await revenueWindows({ latenessMs: 0 }).contradictions(scene.systemDb)).toEqual([]);
  });

  it('leave nothing of versions that are removed', async () => {
    const version = await live();
    expect(await dropOld(scene.uses)).not.toEqual([]);
    const builds = await scene.rows(
      `select build from window_keys union select build from window_revenue union select build from window_counts
       union select build from window_products union select build from window_watermarks`,
    );
    expect(builds).toEqual([{ build: version }]);
    expect(await scene.rows(`select viewname from pg_views where viewname ~ '^revenue_windows_v'`)).toEqual([
      { viewname: `revenue_windows_v${version}` },
    ]);
  });
});

const LIVE = `select version from projections where name = 'revenue_windows' and state = 'live'`;
