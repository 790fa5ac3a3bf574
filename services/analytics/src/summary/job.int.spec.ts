import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decode, newLog, orderOf } from '#events.fixture.ts';
import { openStar } from '#star/database.ts';
import { starFeed } from '#star/feed.ts';
import { type PartitionProgress, progressOf } from '#watermark.ts';
import { DAY_MS } from '#windows/window.ts';
import { summaryJob } from './job.ts';
import { findSummary } from './rows.ts';

const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
const silent = createLogger('analytics', 'silent');
const latenessMs = 30_000;
const MONDAY = Date.UTC(2026, 10, 16);
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

let opened: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  opened = await open();
});
afterAll(() => opened.close());

async function open() {
  const database = await templateDatabase({ name: 'analytics', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'summary-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'summary-test', maxConnections: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'summary-'));
  let files = 0;
  return {
    db,
    /** A star schema of its own, with a clock that the test moves. */
    async world() {
      const star = await openStar(join(folder, `${files++}.duckdb`), silent);
      const feed = starFeed(star, decode);
      const log = newLog();
      const clock = { now: MONDAY };
      const progress = async () => {
        const read = new Map((await feed.positions()).map((one) => [`${one.topic} ${one.part}`, one]));
        const parts = [...log.ends].map(([place, end]): PartitionProgress => {
          const { next = 0n, watermark = 0 } = read.get(place) ?? {};
          return { next, end, watermark };
        });
        return progressOf(parts, clock.now);
      };
      const job = summaryJob({
        ...{
          owned: () => owned,
          db,
          systemDb,
          clock: () => clock.now,
          latenessMs,
          everyMs: 1_000,
          log: silent,
        },
      });
      const owned = { star, feed, progress };
      return {
        ...{ clock, job, log, feed, star },
        happens: (events: readonly AnyEvent[]) => feed.apply(events.map((event) => log.message(event))),
      };
    },
    async close() {
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
      await rm(folder, { recursive: true });
    },
  };
}

let world: Awaited<ReturnType<typeof opened.world>>;
let storeId: string;
beforeEach(async () => {
  [world, storeId] = [await opened.world(), newId()];
  return () => world.star.close();
});

const summaryOf = (at: number, revision?: number) => findSummary(opened.db, storeId, dateOf(at), revision);
const order = (at: number, minor = 10_000n) => orderOf({ storeId, at, minor });

describe('the summary of a day', () => {
  it('is ready within five minutes after midnight, and not before what may still come has come', async () => {
    const { clock, job } = world;
    const last = order(MONDAY + DAY_MS - 70_000);
    await world.happens([last.created(), last.paid(MONDAY + DAY_MS - 5_000)]);
    const midnight = MONDAY + DAY_MS;
    const started = midnight - 120_000;
    for (clock.now = started; clock.now < midnight + 300_000; clock.now += 5_000) await job.run();
    const found = await summaryOf(MONDAY);
    expect(found?.readyAt.getTime()).toBeGreaterThanOrEqual(midnight);
    expect(found?.readyAt.getTime()).toBeLessThan(midnight + 300_000);
    expect(found?.summary.currencies).toMatchObject([{ gross: '100.00', ordersPaid: 1 }]);
  });

  it('waits for an input that is behind, and is made as soon as it has come', async () => {
    const { clock, job, log, feed } = world;
    const [early, late] = [order(MONDAY + 1_000), order(MONDAY + DAY_MS - 60_000, 500n)];
    await world.happens([early.created(), early.paid()]);
    const behind = [late.created(), late.paid(MONDAY + DAY_MS - 1_000)].map((event) => log.message(event));
    clock.now = MONDAY + DAY_MS + 120_000;
    await job.run();
    expect(await summaryOf(MONDAY)).toBeUndefined();
    await feed.apply(behind);
    await job.run();
    expect((await summaryOf(MONDAY))?.summary.currencies).toMatchObject([{ gross: '105.00' }]);
  });

  it('is made for each day of a downtime, quiet days too, and once', async () => {
    const { clock, job } = world;
    const [one, two] = [order(MONDAY), order(MONDAY + 2 * DAY_MS)];
    await world.happens([one.created(), one.paid(), two.created(), two.paid()]);
    clock.now = MONDAY + 5 * DAY_MS + 60_000;
    expect(await job.run()).toBe(5);
    expect(await job.run()).toBe(0);
    expect((await summaryOf(MONDAY + DAY_MS))?.summary).toEqual({ currencies: [], topProducts: [] });
    expect((await summaryOf(MONDAY + 2 * DAY_MS))?.summary.currencies).toMatchObject([{ ordersPaid: 1 }]);
  });

  it('gets a new revision from late events, and none from what changes no figure', async () => {
    const { clock, job } = world;
    const [known, late] = [order(MONDAY), order(MONDAY + 3_600_000)];
    await world.happens([known.created(), known.paid()]);
    clock.now = MONDAY + DAY_MS + 60_000;
    expect(await job.run()).toBe(1);
    const first = await summaryOf(MONDAY);
    // The same events at later offsets: the day is looked at again, and is what it was.
    await world.happens([known.created(), known.paid()]);
    expect(await job.run()).toBe(0);
    clock.now += 60_000;
    await world.happens([late.created(), late.paid()]);
    expect(await job.run()).toBe(1);
    expect(await summaryOf(MONDAY)).toMatchObject({
      ...{ revision: 2, readyAt: first?.readyAt, computedAt: new Date(clock.now) },
      summary: { currencies: [{ gross: '200.00' }] },
    });
    expect(await summaryOf(MONDAY, 1)).toEqual(first);
  });

  it('is the same after the star schema was made anew from the log', async () => {
    const { clock, job } = world;
    const placed = order(MONDAY);
    const events = [placed.created(), placed.paid()];
    await world.happens(events);
    clock.now = MONDAY + DAY_MS + 60_000;
    await job.run();
    const again = await opened.world();
    await again.happens(events);
    again.clock.now = clock.now + 60_000;
    expect(await again.job.run()).toBe(0);
    await again.star.close();
    expect(await summaryOf(MONDAY)).toMatchObject({ revision: 1 });
  });
});
