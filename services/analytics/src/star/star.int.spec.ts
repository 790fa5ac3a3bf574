import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjusted, decode, newLog, NOON, orderOf, productCreated, productRenamed } from '#events.fixture.ts';
import { summarize } from '#summary/summarize.ts';
import { DAY_MS } from '#windows/window.ts';
import { openStar, type StarDatabase } from './database.ts';
import { starFeed } from './feed.ts';

const silent = createLogger('analytics', 'silent');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'star-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function withStar(work: (star: StarDatabase, path: string) => Promise<void>): Promise<void> {
  const path = join(folder, `${files++}.duckdb`);
  const star = await openStar(path, silent);
  await work(star, path).finally(() => star.close());
}

const DAY = '2026-11-20';

describe('the star schema', () => {
  it('holds each event once, and makes the same rows from the log again', async () => {
    const log = newLog();
    const [a, b] = [orderOf({ userId: 'A' }), orderOf({ userId: 'B', minor: 250n, productId: 'P2' })];
    const events: AnyEvent[] = [
      ...[productCreated('P1', 'Compass', NOON - DAY_MS), a.created(), b.created(), a.paid(), b.paid()],
      ...[a.refunded(4_000n, NOON + 120_000), adjusted('P1', -2, 2, NOON), adjusted('P1', 5, 3, NOON)],
    ];
    const messages = events.map((event) => log.message(event));
    let first: Awaited<ReturnType<typeof summarize>> | undefined;
    await withStar(async (star) => {
      const feed = starFeed(star, decode);
      const byTopic = [...Map.groupBy(messages, ({ topic }) => topic).values()];
      await Promise.all(byTopic.map((batch) => feed.apply(batch)));
      await Promise.all(byTopic.map((batch) => feed.apply(batch)));
      const orders = byTopic.find(([one]) => one?.topic === 'ecommerce.order.order')!;
      // The relay sends again after a crash: the same events at later offsets.
      await feed.apply(orders.map((message) => ({ ...message, offset: message.offset + 50n })));
      first = await summarize(star, 'STORE-1', DAY);
      expect(first.summary.currencies).toEqual([
        expect.objectContaining({
          ...{ gross: '102.50', refunded: '40.00', net: '62.50', ordersPaid: 2, ordersCreated: 2 },
          ...{ refunds: 1, unitsSold: 4, customers: 2, averageOrder: '51.25' },
        }),
      ]);
      expect(first.summary.topProducts.map(({ productId, name }) => [productId, name])).toEqual([
        ['P1', 'Compass'],
        ['P2', null],
      ]);
      const [sum] = await star.read<{ delta: bigint; rows: bigint }>(
        'select sum(delta)::bigint as delta, count(*) as rows from fact_inventory_adjustments',
      );
      expect(sum).toEqual({ delta: 3n, rows: 2n });
    });
    await withStar(async (star) => {
      const feed = starFeed(star, decode);
      for (const message of messages) await feed.apply([message]);
      expect(await summarize(star, 'STORE-1', DAY)).toEqual(first);
    });
  });

  it('knows what a product was called when it was sold', () =>
    withStar(async (star) => {
      const log = newLog();
      const [before, after] = [orderOf({ at: NOON }), orderOf({ at: NOON + 7_200_000 })];
      const events = [
        ...[before.created(), before.paid(), after.created(), after.paid(NOON + DAY_MS)],
        ...[
          productCreated('P1', 'Compass', NOON - 1),
          productRenamed('P1', 'Old compass', 2, NOON + 3_600_000),
        ],
      ];
      // Orders may be read before the products that they name.
      for (const event of events) await starFeed(star, decode).apply([log.message(event)]);
      const names = await star.read('select order_id, name from sold_lines order by ordered_at');
      expect(names).toEqual([
        { order_id: before.orderId, name: 'Compass' },
        { order_id: after.orderId, name: 'Old compass' },
      ]);
      const versions = await star.read<{ is_current: boolean; valid_to: Date | null }>(
        'select is_current, valid_to from dim_product order by version',
      );
      expect(versions).toEqual([
        { is_current: false, valid_to: new Date(NOON + 3_600_000) },
        { is_current: true, valid_to: null },
      ]);
    }));

  it('takes back by a cancellation what no refund has', () =>
    withStar(async (star) => {
      const log = newLog();
      const order = orderOf();
      const later = NOON + DAY_MS;
      const events = [order.created(), order.paid(), order.refunded(4_000n, later), order.canceled(later)];
      await starFeed(star, decode).apply(events.map((event) => log.message(event)));
      const { summary } = await summarize(star, 'STORE-1', '2026-11-21');
      expect(summary.currencies).toEqual([
        expect.objectContaining({ gross: '0.00', refunded: '100.00', ordersCanceled: 1, refunds: 1 }),
      ]);
    }));

  it('holds up only the key of an event that it cannot read', () =>
    withStar(async (star) => {
      const log = newLog();
      const [bad, good] = [orderOf(), orderOf()];
      const poisoned = log.message(bad.created(), 0, Buffer.from('nothing of ours'));
      const feed = starFeed(star, decode);
      await feed.apply([
        poisoned,
        ...[bad.paid(), good.created(), good.paid()].map((one) => log.message(one)),
      ]);
      const paid = () =>
        star.read('select order_id from fact_orders where paid_on is not null order by order_id');
      expect(await paid()).toEqual([{ order_id: good.orderId }]);
      // A later build can read it: what waited behind it follows.
      await star.read('delete from parked_messages where error not like $1', ['waits%']);
      await feed.retryParked();
      expect(await paid()).toHaveLength(2);
    }));

  it('begins anew where its file is no database', async () => {
    const path = join(folder, 'broken.duckdb');
    await writeFile(path, 'these bytes are none of an engine'.repeat(1_000));
    const star = await openStar(path, silent);
    expect(await starFeed(star, decode).positions()).toEqual([]);
    await star.close();
  });
});
