import { fileURLToPath } from 'node:url';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode, newLog, NOON, orderOf } from '#events.fixture.ts';
import { readLiveFigures } from '#live/figures.ts';
import { readRevenue } from '#revenue/query.ts';
import { DAY_MS } from './window.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';

const dir = fileURLToPath(new URL('../../migrations', import.meta.url));

let opened: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  opened = await open();
});
afterAll(() => opened.close());

async function open() {
  const database = await templateDatabase({ name: 'analytics', dir });
  const db = openDatabase({ url: database.databaseUrl, name: 'windows-test', byIndex: true });
  const systemDb = openDatabase({ url: database.systemUrl, name: 'windows-test', maxConnections: 2 });
  const rows = <Row extends object>(text: string, values: readonly unknown[] = []) =>
    systemDb.transaction('', (tx) => tx.execute<Row>(text, values));
  return {
    ...{ db, systemDb, rows },
    windows: (version = 1) => revenueWindows({ latenessMs: 30_000 }).projector({ version, db, decode }),
    /** A day of a tenant, as REST shows it. */
    async day(storeId: string, at = NOON) {
      const filter = { from: at, to: at + 1, currency: undefined, after: undefined, limit: 10 };
      const { rows: found } = await readRevenue(db, storeId, {
        ...filter,
        size: '1d',
        from: at - (at % DAY_MS),
      });
      return found[0];
    },
    async close() {
      await Promise.all([db.close(), systemDb.close()]);
      await database.drop();
    },
  };
}

const log = newLog();
const batchOf = (events: readonly AnyEvent[], partition = 0) =>
  events.map((event) => log.message(event, partition));

describe('windows in the database', () => {
  it('hold each event once, however often batches and events come', async () => {
    const storeId = newId();
    const [a, b] = [orderOf({ storeId }), orderOf({ storeId, minor: 250n })];
    const batch = batchOf([a.created(), a.paid(), b.created(), b.paid(), a.refunded(4_000n, NOON + 120_000)]);
    const windows = opened.windows();
    await windows.apply(batch);
    await windows.apply(batch);
    // The relay sends again after a crash: the same events at later offsets.
    const again = batch.map((message) => ({ ...message, offset: message.offset + 5n }));
    log.ends.set('ecommerce.order.order 0', again.at(-1)!.offset + 1n);
    await opened.windows().apply(again);
    expect(await opened.day(storeId)).toMatchObject({
      gross: 10_250n,
      refunded: 4_000n,
      orders: 2n,
      refunds: 1n,
    });
  });

  it('are lowered by a cancellation once, at its own time', async () => {
    const storeId = newId();
    const order = orderOf({ storeId });
    const [later, windows] = [NOON + DAY_MS, opened.windows()];
    await windows.apply(batchOf([order.created(), order.paid()], 1));
    await windows.apply(batchOf([order.refunded(10_000n, later), order.canceled(later)], 1));
    expect(await opened.day(storeId)).toMatchObject({ gross: 10_000n, refunded: 0n, canceled: 0n });
    expect(await opened.day(storeId, later)).toMatchObject({ gross: 0n, refunded: 10_000n, canceled: 1n });
  });

  it('add up what partitions and instances sum at the same time', async () => {
    const storeId = newId();
    const instances = [opened.windows(), opened.windows()];
    await Promise.all(
      Array.from({ length: 12 }, (_, partition) => {
        const orders = Array.from({ length: 20 }, () => orderOf({ storeId, minor: 100n }));
        const batch = batchOf(
          orders.flatMap((order) => [order.created(), order.paid()]),
          partition,
        );
        return instances[partition % 2]!.apply(batch);
      }),
    );
    expect(await opened.day(storeId)).toMatchObject({ gross: 24_000n, orders: 240n });
  });

  it('show a tenant nothing of another', async () => {
    const [mine, theirs] = [newId(), newId()];
    const order = orderOf({ storeId: theirs });
    await opened.windows().apply(batchOf([order.created(), order.paid()], 2));
    expect(await opened.day(mine)).toBeUndefined();
    expect(await opened.day(theirs)).toMatchObject({ orders: 1n });
    expect((await readLiveFigures(opened.db, mine)).today).toEqual([]);
  });

  it('go on without a poisoned event and its key, and take both when it can be read', async () => {
    const storeId = newId();
    const [bad, good] = [orderOf({ storeId }), orderOf({ storeId })];
    const poisoned = log.message(bad.created(), 3, Buffer.from('nothing of ours'));
    const windows = opened.windows();
    await windows.apply([poisoned, ...batchOf([good.created(), bad.paid(), good.paid()], 3)]);
    expect(await opened.day(storeId)).toMatchObject({ orders: 1n });
    type Row = { id: bigint; payload: Buffer };
    const parked = await opened.rows<Row>(
      `select id, payload from parked_events where store_id = $1 and consumer = 'revenue_windows' order by id`,
      [storeId],
    );
    expect(parked).toHaveLength(2);
    const headers = { ...poisoned.headers, eventType: 'ecommerce.order.order.paid.v1' };
    const paid = { ...poisoned, value: parked[1]!.payload, headers };
    const failure = await opened.systemDb.transaction('', (tx) => windows.retry(tx, paid));
    expect(failure).toBeUndefined();
    expect(await opened.day(storeId)).toMatchObject({ orders: 2n });
  });

  it('count what comes after a window was final, and correct it all the same', async () => {
    const storeId = newId();
    const [late, early] = [orderOf({ storeId }), orderOf({ storeId, at: NOON + 2 * DAY_MS })];
    await opened.windows().apply(batchOf([early.created(), early.paid(), late.created(), late.paid()], 4));
    expect(await opened.day(storeId)).toMatchObject({ gross: 10_000n, late: 1n });
  });
});
