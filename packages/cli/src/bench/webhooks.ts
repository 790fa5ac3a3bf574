import pg from 'pg';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { latencies, percentiles, record } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';
import { BENCH_REASON, openSinks } from '#bench/webhook-sinks.ts';

const DELIVERIES_PER_MINUTE = 10_000;
const ENDPOINTS = 20;
/** Every tenth endpoint never answers. */
const hangs = (endpoint: number): boolean => endpoint % 10 === 9;
const HEALTHY = Array.from({ length: ENDPOINTS }, (_, endpoint) => endpoint).filter((one) => !hangs(one));
/** So many that an event hardly ever waits for the one before it of its resource. */
const PRODUCTS = 200;
const EVENT = 'ecommerce.inventory.stock.adjusted.v1';
const path = '/api/v1/webhooks/subscriptions';
const LATE_MS = 30_000;

// From the transaction that took the event in to the begin of its first attempt.
const overhead = `
  select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by extract(epoch from a.at - d.created_at) * 1000) as ms
  from webhook_deliveries d
  join webhook_delivery_attempts a on a.store_id = d.store_id and a.delivery_id = d.delivery_id and a.number = 1
  where d.subscription_id = any($1) and d.created_at >= $2`;

export const webhooks: Benchmark = {
  name: 'webhooks',
  what: `${DELIVERIES_PER_MINUTE} deliveries a minute by the clock to ${ENDPOINTS} endpoints, of which every tenth hangs`,
  unit: 'delivery',
  target: 'event commit → healthy endpoint p95 < 1 s; dispatch overhead < 30 ms',
  async prepare(stage) {
    const rate = (DELIVERIES_PER_MINUTE * stage.scale) / 60 / ENDPOINTS;
    const { skus } = await makeCatalog(stage, PRODUCTS, 1_000);
    const arrived = latencies();
    const sinks = await openSinks(ENDPOINTS, hangs, (ms) => record(arrived, ms));
    const subscriptions = await subscribe(stage, sinks.url);
    const healthy = HEALTHY.map((endpoint) => subscriptions.ids[endpoint]!);
    const headers = { authorization: `Bearer ${await stage.token('bench-merchant', ['MERCHANT'])}` };
    const http = httpClient(stage.endpoints.services['inventory']!, 32);
    const db = new pg.Client({
      connectionString: stage.endpoints.postgres.databases['webhook_dispatcher']!.systemUrl,
    });
    await db.connect();
    const body = JSON.stringify({ delta: 1, reason: BENCH_REASON });
    let events = 0;
    let turn = 0;
    const all = () => HEALTHY.every((endpoint) => (sinks.got[endpoint] ?? 0) >= events);

    return {
      async run(seconds) {
        arrived.reset();
        const since = new Date();
        const result = await byTheClock(rate, seconds, async () => {
          const sku = skus[turn++ % skus.length]!;
          const status = await http.status(
            'POST',
            `/api/v1/stores/STORE-1/inventory/${sku}/adjust`,
            headers,
            body,
          );
          if (status >= 300) throw new Error(`adjust answered ${status}`);
        });
        events += result.done;
        const deadline = performance.now() + LATE_MS;
        while (!all() && performance.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 10));
        const { rows } = await db.query<{ ms: number[] }>(overhead, [healthy, since]);
        const [p50, p95, p99] = (rows[0]?.ms ?? []).map((ms) => ms.toFixed(1));
        return {
          done: result.done * HEALTHY.length,
          seconds: result.seconds,
          ...percentiles(arrived),
          extra: { 'dispatch overhead ms': `p50 ${p50}   p95 ${p95}   p99 ${p99}` },
        };
      },
      async check() {
        const wrong = HEALTHY.filter((endpoint) => sinks.got[endpoint] !== events);
        const counts = wrong.map((endpoint) => sinks.got[endpoint]).join(', ');
        if (wrong.length > 0) throw new Error(`${events} events, and endpoints got ${counts}`);
        if (sinks.disordered > 0) throw new Error(`${sinks.disordered} came out of order`);
        return `${events} events at each of ${HEALTHY.length} endpoints, in order per product`;
      },
      async close() {
        await subscriptions.remove();
        await Promise.all([http.close(), db.end(), sinks.close()]);
      },
    };
  },
};

async function subscribe(stage: Stage, url: (endpoint: number) => string) {
  const token = await stage.token('bench-merchant', ['MERCHANT']);
  const headers = { authorization: `Bearer ${token}` };
  const http = httpClient(stage.endpoints.services['webhook-dispatcher']!, 8);
  const made = await Promise.all(
    Array.from({ length: ENDPOINTS }, async (_, endpoint) => {
      const { status, body } = await http.send('POST', path, headers, {
        url: url(endpoint),
        eventTypes: [EVENT],
      });
      if (status !== 201) throw new Error(`no subscription: ${JSON.stringify(body)}`);
      return (body as { subscriptionId: string }).subscriptionId;
    }),
  );
  return {
    ids: made,
    async remove(): Promise<void> {
      await Promise.all(made.map((id) => http.status('DELETE', `${path}/${id}`, headers)));
      await http.close();
    },
  };
}
