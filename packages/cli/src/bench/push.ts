import pg from 'pg';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { latencies, percentiles } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';
import { clientGroup } from '#bench/push/client-group.ts';
import { instancesFor } from '#bench/push/instances.ts';
import type { Report } from '#bench/push/messages.ts';

const CLIENTS = 10_000;
const CUSTOMERS = 200;
const ORDERS_A_SECOND = 10;
/** Each is two messages to every SSE client. */
const SECONDS_PER_SALE = 5;
const RECONNECTING = 0.2;
const PATIENCE_MS = 60_000;

export const push: Benchmark = {
  name: 'push',
  what: `${CLIENTS} WebSocket and as many SSE clients, ${ORDERS_A_SECOND} orders placed and paid a second, a flash sale every ${SECONDS_PER_SALE} s for all; a fifth reconnects`,
  unit: 'message',
  target: 'every client ends on the right state without a gap; p95 from event to client < 1 s',
  async prepare(stage) {
    const each = stage.clients ?? Math.max(10, Math.round(CLIENTS * stage.scale));
    const customers = Math.min(CUSTOMERS, each);
    const run = newId();
    const catalog = await makeCatalog(stage, 20, 1_000_000);
    const tokens = await Promise.all(
      Array.from({ length: customers }, (_, at) => stage.token(`push-${run}-${at}`, ['CUSTOMER'])),
    );
    const instances = await instancesFor(each * 2, stage.home);
    const { urls } = instances;
    stage.say(`${each} clients of each kind at ${urls.length} instance(s) connect`);
    const sockets = await clientGroup({ kind: 'ws', clients: each, urls, tokens, firstAddress: 2 });
    const streams = await clientGroup({ kind: 'sse', clients: each, urls, tokens: [], firstAddress: 100 });
    const traffic = await trafficOf(stage, catalog.productIds, tokens);
    const truth = await truthOf(stage, `push-${run}-%`);
    const reports = async () => [...(await sockets.reports()), ...(await streams.reports())];
    let before = 0;

    return {
      async run(seconds) {
        await Promise.all([sockets.forgetLatencies(), streams.forgetLatencies()]);
        const started = performance.now();
        await Promise.all([
          byTheClock(ORDERS_A_SECOND, seconds, (turn) => traffic.order(turn)),
          byTheClock(1 / SECONDS_PER_SALE, seconds, () => traffic.sale()),
          sockets.reconnect(RECONNECTING, seconds),
          streams.reconnect(RECONNECTING, seconds),
        ]);
        const told = await untilTold(reports, truth.problems);
        const histogram = latencies();
        for (const { latencies: own } of told)
          for (const ms of own) histogram.recordValue(Math.max(1, ms * 1_000));
        const messages = told.reduce((sum, one) => sum + one.messages, 0);
        const done = messages - before;
        before = messages;
        const again = told.reduce((sum, one) => sum + one.reconnections, 0);
        return {
          ...{ done, seconds: (performance.now() - started) / 1_000, ...percentiles(histogram) },
          extra: { clients: `${each} + ${each}`, instances: urls.length, 'reconnections so far': again },
        };
      },
      async check() {
        const told = await untilTold(reports, truth.problems);
        const open = told.reduce((sum, one) => sum + one.open, 0);
        if (open !== each * 2) throw new Error(`${open} of ${each * 2} clients are connected`);
        return `all ${open} clients hold the right state, and none has seen a gap`;
      },
      async close() {
        sockets.close();
        streams.close();
        await Promise.all([instances.close(), traffic.close(), truth.close()]);
      },
    };
  },
};

/** Waits until clients and databases agree. A gap never heals, so it fails at once. */
async function untilTold(
  reports: () => Promise<Report[]>,
  problems: (told: readonly Report[]) => Promise<string[]>,
): Promise<Report[]> {
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const told = await reports();
    const gaps = told.flatMap((one) => one.gaps);
    if (gaps.length > 0) throw new Error(`${gaps.length} gaps, such as: ${gaps.slice(0, 3).join('; ')}`);
    const found = await problems(told);
    if (found.length === 0) return told;
    if (performance.now() > end) throw new Error(`not told: ${found.slice(0, 3).join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function trafficOf(stage: Stage, productIds: readonly string[], tokens: readonly string[]) {
  const orders = httpClient(stage.endpoints.services['order']!, 32);
  const pricing = httpClient(stage.endpoints.services['pricing']!, 4);
  const staff = { authorization: `Bearer ${await stage.token('push-admin', ['ADMIN'])}` };
  let turn = 0;
  return {
    async order(at: number): Promise<void> {
      const authorization = `Bearer ${tokens[at % tokens.length]!}`;
      const headers = () => ({ authorization, 'idempotency-key': newId() });
      const items = [{ productId: productIds[at % productIds.length]!, qty: 1 }];
      const made = await orders.send('POST', '/api/v1/orders', headers(), { items });
      if (made.status !== 201) throw new Error(`POST /orders answered ${made.status}`);
      const { orderId } = made.body as { orderId: string };
      const paid = await orders.send('POST', `/api/v1/orders/${orderId}/pay`, headers(), {});
      if (paid.status !== 200 && paid.status !== 202) throw new Error(`pay answered ${paid.status}`);
    },
    async sale(): Promise<void> {
      const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
      const productId = productIds[turn++ % productIds.length]!;
      const terms = { productIds: [productId], discountPercent: 5, startsAt: at(0.5), endsAt: at(2.5) };
      const made = await pricing.send('POST', '/api/v1/flash-sales', staff, terms);
      if (made.status !== 201) throw new Error(`POST /flash-sales answered ${made.status}`);
    },
    close: () => Promise.all([orders.close(), pricing.close()]),
  };
}

/** What clients must hold: the orders as the order service has them, and the head of the feed of flash sales. */
async function truthOf({ endpoints }: Stage, users: string) {
  const clientOf = async (name: string) => {
    const client = new pg.Client({ connectionString: endpoints.postgres.databases[name]!.systemUrl });
    await client.connect();
    return client;
  };
  const [orders, notification, pricing] = await Promise.all(
    ['order', 'notification', 'pricing'].map(clientOf),
  );
  return {
    async problems(told: readonly Report[]): Promise<string[]> {
      const { rows } = await orders!.query<{ customer: number; line: string; status: string }>(
        `select split_part(user_id, '-', 7)::int as customer, order_id || ' ' || status as line, status from orders
         where user_id like $1`,
        [users],
      );
      const open = rows.filter(({ status }) => status !== 'PAID').map(({ line }) => line);
      const byCustomer = Map.groupBy(rows, ({ customer }) => customer);
      const sales = await pricing!.query<{ open: string }>(
        `select count(*) as open from flash_sales where status <> 'ENDED' and ends_at < now() + interval '1 minute'`,
      );
      const head = await notification!.query<{ head: string }>(
        `select last_id as head from flash_feed_heads where store_id = 'STORE-1'`,
      );
      const running = Number(sales.rows[0]?.open) > 0 ? ['flash sales still run'] : [];
      const wrong = told.flatMap(({ statuses, lastIds }) => [
        ...statuses.flatMap((held, customer) => {
          const expected = (byCustomer.get(customer) ?? [])
            .map(({ line }) => line)
            .sort()
            .join('\n');
          return held.length === 1 && held[0] === expected ? [] : [`orders of customer ${customer}`];
        }),
        ...lastIds.filter((id) => id !== head.rows[0]?.head).map((id) => `a stream stands at ${id}`),
      ]);
      return [...open, ...running, ...wrong];
    },
    close: () => Promise.all([orders!.end(), notification!.end(), pricing!.end()]),
  };
}
