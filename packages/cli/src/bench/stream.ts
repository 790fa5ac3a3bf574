import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { latencies, percentiles, record } from '#bench/closed-loop.ts';
import { openShop } from '#bench/shop.ts';
import { openDashboard } from '#bench/stream/dashboard.ts';
import { openFeed } from '#bench/stream/feed.ts';

const EVENTS = 600_000;
const ORDERS_A_SECOND = 20;
const CLIENTS = 16;
const PATIENCE_MS = 30_000;

/** The rate on a log of its own; the latency through the whole stack, from the shopper's payment to the dashboard. */
export const stream: Benchmark = {
  name: 'stream',
  what: `windows of revenue from ${EVENTS} events; ${ORDERS_A_SECOND} orders a second paid, until /sse/metrics shows them`,
  unit: 'event',
  target: '≥ 20,000/s; event → dashboard p95 < 1 s',
  async prepare(stage) {
    const feed = await openFeed(stage, Math.round(EVENTS * stage.scale));
    const shop = await openShop(stage, { clients: CLIENTS, products: 200 });
    const dashboard = await openDashboard(stage);
    let turn = 0;
    let placed = 0;

    async function buy(at: number): Promise<boolean> {
      const client = at % CLIENTS;
      const items = [{ productId: shop.productIds[turn++ % shop.productIds.length]!, qty: 1 }];
      const made = await shop.http.send('POST', '/api/v1/orders', shop.headers(client), { items });
      if (made.status !== 201) throw new Error(`POST /orders answered ${made.status}`);
      placed++;
      const { orderId } = made.body as { orderId: string };
      const paid = await shop.http.send('POST', `/api/v1/orders/${orderId}/pay`, shop.headers(client), {});
      if (paid.status !== 200 && paid.status !== 202) throw new Error(`pay answered ${paid.status}`);
      return paid.status === 200;
    }

    async function shown(orders: number): Promise<void> {
      for (const end = performance.now() + PATIENCE_MS; dashboard.paid < orders; await pause(20))
        if (performance.now() > end)
          throw new Error(`the dashboard shows ${dashboard.paid} of ${orders} orders`);
    }

    /** From each payment's answer to the first message that counts it. */
    async function latency(seconds: number) {
      // One order by itself: a dashboard that was never told anything shows nothing to begin with.
      const before = dashboard.paid;
      await buy(0);
      await shown(before + 1);
      const first = dashboard.paid;
      const answered: number[] = [];
      let later = 0;
      await byTheClock(ORDERS_A_SECOND, seconds, async (at) => {
        if (await buy(at)) answered.push(performance.now());
        else later++;
      });
      await shown(first + answered.length);
      const histogram = latencies();
      answered
        .sort((a, b) => a - b)
        .forEach((at, n) => {
          const seen = dashboard.shownAt(first + n + 1);
          if (seen !== undefined) record(histogram, seen - at);
        });
      return { ...percentiles(histogram), later };
    }

    return {
      async run(seconds) {
        const fed = await feed.run();
        const { later, ...percents } = await latency(seconds);
        return {
          done: fed.events,
          seconds: fed.seconds,
          ...percents,
          extra: {
            'CPU of the feeding process': `${((fed.cpuSeconds / fed.events) * 1e6).toFixed(0)} µs an event`,
            'answered 202': later,
          },
        };
      },
      async check() {
        return `${await feed.check()}; ${await shop.orders.expect(placed)}`;
      },
      async close() {
        await dashboard.close();
        await Promise.all([shop.http.close(), feed.close()]);
      },
    };
  },
};
