import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';

const CLIENTS = 32;
const RATE = 200;
const RULES = 500;
const PRODUCTS = 200;
const LINES = 10;
const MERCHANTS_AT_ONCE = 16;

interface Resolution {
  readonly totalAmount: string;
  readonly lines: readonly { readonly total: string; readonly appliedRules: readonly object[] }[];
}

const cents = (amount: string): number => Math.round(Number(amount) * 100);

export const pricing: Benchmark = {
  name: 'pricing',
  what: `POST /prices/resolve of ${LINES} lines under ${RULES} rules, ${CLIENTS} clients in a closed loop, then ${RATE}/s by the clock`,
  unit: 'request',
  target: 'p95 < 120 ms with 500 rules; aim p95 < 10 ms',
  async prepare(stage) {
    // A tenant of its own: rules change what everybody pays.
    const storeId = `BENCH-${newId().slice(-8)}`;
    const token = await stage.token('bench-merchant', ['MERCHANT', 'ADMIN'], storeId);
    const headers = { authorization: `Bearer ${token}` };
    const productIds = await makeProducts(stage, headers);
    const rules = await makeRules(stage, headers, productIds, Math.ceil(RULES * stage.scale));
    const client = httpClient(stage.endpoints.services['pricing']!, CLIENTS);
    let turn = 0;
    let wrong = 0;
    let applied = 0;
    const request = async (): Promise<boolean> => {
      const first = turn++ * 7;
      const lines = Array.from({ length: LINES }, (_, line) => ({
        productId: productIds[(first + line * 13) % productIds.length]!,
        qty: 1 + ((first + line) % 5),
      }));
      const { status, body } = await client.send('POST', '/api/v1/prices/resolve', headers, { lines });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      const answer = body as unknown as Resolution;
      const sum = answer.lines.reduce((total, line) => total + cents(line.total), 0);
      if (sum !== cents(answer.totalAmount)) wrong++;
      applied += answer.lines.reduce((count, line) => count + line.appliedRules.length, 0);
      return true;
    };
    return {
      async run(seconds) {
        const loop = await closedLoop(CLIENTS, seconds / 2, request);
        const steady = await byTheClock(RATE, seconds / 2, request);
        return {
          ...loop,
          besides: steady.done,
          extra: {
            [`at ${RATE}/s`]: `p50 ${steady.p50!.toFixed(1)}   p95 ${steady.p95!.toFixed(1)} ms`,
            rules,
          },
        };
      },
      async check() {
        if (wrong > 0) throw new Error(`the lines of ${wrong} answers do not add up to their total`);
        if (applied === 0) throw new Error('no rule applied to anything');
        return `every answer added up; ${(applied / turn).toFixed(1)} rules applied to each`;
      },
      close: async () => client.close(),
    };
  },
};

type Headers = Readonly<Record<string, string>>;

async function makeProducts({ endpoints }: Stage, headers: Headers): Promise<string[]> {
  const client = httpClient(endpoints.services['product']!, MERCHANTS_AT_ONCE);
  const made = await inTurns(PRODUCTS, async (n) => {
    const product = { sku: `BENCH-${n}`, name: `Bench product ${n}`, price: '10.00', currency: 'USD' };
    const { status, body } = await client.send('POST', '/api/v1/products', headers, product);
    if (status !== 201) throw new Error(`product not created: ${JSON.stringify(body)}`);
    return (body as { productId: string }).productId;
  });
  await client.close();
  return made;
}

/** Two in three for some products, the others for any cart: of every type, and a few that go with nothing else. */
async function makeRules(
  { endpoints }: Stage,
  headers: Headers,
  productIds: readonly string[],
  count: number,
): Promise<number> {
  const client = httpClient(endpoints.services['pricing']!, MERCHANTS_AT_ONCE);
  const effects = [
    { type: 'PERCENTAGE', percent: 1 },
    { type: 'FIXED', amount: '0.05' },
    { type: 'BUY_X_GET_Y', buyQty: 4, getQty: 1, percent: 10 },
    {
      type: 'TIERED',
      tiers: [
        { minQty: 2, percent: 1 },
        { minQty: 5, percent: 2 },
      ],
    },
    { type: 'FREE_SHIPPING' },
  ];
  await inTurns(count, async (n) => {
    const some = [n, n + 1, n + 2].map((at) => productIds[(at * 5) % productIds.length]!);
    const conditions =
      n % 3 === 0 ? { minSubtotal: `${5 + n}.00` } : { productIds: some, minQty: 1 + (n % 3) };
    const rule = { name: `Rule ${n}`, conditions, effect: effects[n % effects.length], priority: n % 10 };
    const body = { ...rule, stackable: n % 50 !== 1 };
    const answer = await client.send('POST', '/api/v1/promotions', headers, body);
    if (answer.status !== 201) throw new Error(`rule not created: ${JSON.stringify(answer.body)}`);
  });
  await client.close();
  return count;
}

async function inTurns<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: MERCHANTS_AT_ONCE }, async () => {
      while (next < count) {
        const n = next++;
        done[n] = await work(n);
      }
    }),
  );
  return done;
}
