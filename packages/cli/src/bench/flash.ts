import pg from 'pg';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { closedLoop, latencies, percentiles, record } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';

const BUYERS = 10_000;
const UNITS = 100;
const CONNECTIONS = 1_000;
const CUSTOMERS = 200;

/** Each run is one sale: all buyers at once for the same hundred pieces, then a steady crowd that finds it sold out. */
export const flash: Benchmark = {
  name: 'flash',
  what: `${BUYERS} orders at once for ${UNITS} pieces of one product over ${CONNECTIONS} connections; then 64 clients find it sold out`,
  unit: 'answer',
  target: `exactly ${UNITS} sold; aim: refusals p95 < 50 ms`,
  async prepare(stage) {
    const buyers = Math.max(UNITS * 5, Math.round(BUYERS * stage.scale));
    const tokens = await Promise.all(
      Array.from({ length: CUSTOMERS }, (_, customer) => stage.token(`buyer-${customer}`, ['CUSTOMER'])),
    );
    const http = httpClient(stage.endpoints.services['order']!, CONNECTIONS);
    const db = new pg.Client({ connectionString: stage.endpoints.postgres.databases['order']!.systemUrl });
    await db.connect();
    const sales: { productId: string; sold: number }[] = [];
    let turn = 0;
    const buy = (productId: string) =>
      http.status(
        'POST',
        '/api/v1/orders',
        { authorization: `Bearer ${tokens[turn++ % tokens.length]!}`, 'idempotency-key': newId() },
        JSON.stringify({ items: [{ productId, qty: 1 }] }),
      );
    return {
      async run(seconds) {
        const { productIds } = await makeCatalog(stage, 1, UNITS);
        const productId = productIds[0]!;
        const histogram = latencies();
        const statuses = new Map<number, number>();
        const started = performance.now();
        await Promise.all(
          Array.from({ length: buyers }, async () => {
            const before = performance.now();
            const status = await buy(productId);
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
            record(histogram, performance.now() - before);
          }),
        );
        const elapsed = (performance.now() - started) / 1_000;
        sales.push({ productId, sold: statuses.get(201) ?? 0 });
        const soldOut = await closedLoop(
          64,
          Math.min(seconds, 5),
          async () => (await buy(productId)) === 409,
        );
        return {
          done: buyers,
          seconds: elapsed,
          p50: soldOut.p50!,
          p95: soldOut.p95!,
          p99: soldOut.p99!,
          extra: {
            'burst answers': [...statuses].map(([status, count]) => `${count}×${status}`).join(' '),
            'burst p95 ms': percentiles(histogram).p95.toFixed(0),
            'sold-out answers/s': (soldOut.done / soldOut.seconds).toFixed(0),
            'latency rows': 'of a refusal, 64 clients',
          },
        };
      },
      async check() {
        for (const { productId, sold } of sales) {
          const { rows } = await db.query<{ pieces: string }>(
            'select coalesce(sum(qty), 0) as pieces from order_items where product_id = $1',
            [productId],
          );
          const pieces = Number(rows[0]?.pieces);
          if (sold !== UNITS || pieces !== UNITS) {
            throw new Error(`${sold} orders acknowledged, ${pieces} pieces ordered, ${UNITS} there were`);
          }
        }
        return `each of ${sales.length} sales sold exactly ${UNITS}`;
      },
      async close() {
        await Promise.all([http.close(), db.end()]);
      },
    };
  },
};
