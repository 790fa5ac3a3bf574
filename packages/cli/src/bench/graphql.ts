import type { Benchmark, Measured } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { type HttpClient, httpClient } from '#bench/http-client.ts';

const CONNECTIONS = 64;
const PRODUCTS = 500;
/** Operations a second of each kind: the load at which the latencies are promised. */
const SIMPLE_RATE = 100;
const JOINED_RATE = 50;

const SIMPLE = 'query ($id: ID!) { product(id: $id) { id sku name listPrice currency } }';
const JOINED = `query ($id: ID!) {
  product(id: $id) { id sku name listPrice currency description inventory { available onHand reserved } PRICE } }`;
const PRICE = 'price { amount currency listAmount appliedRules { kind name } }';
const HAS_PRICE = '{ products(first: 1) { price { amount } } }';

interface Answer {
  readonly data?: { readonly product?: { readonly id: string } | null };
  readonly errors?: unknown;
}

/** Half of a run is simple look-ups, the other half the same products with their stock and price. */
export const graphql: Benchmark = {
  name: 'graphql',
  what: `product by id at ${SIMPLE_RATE}/s, then with inventory and price at ${JOINED_RATE}/s, ${PRODUCTS} products, by the clock`,
  unit: 'query',
  target: 'p95 < 15 ms simple, < 60 ms with inventory and price',
  async prepare(stage) {
    const { productIds } = await makeCatalog(stage, PRODUCTS, 100);
    const http = httpClient(stage.endpoints.gateway, CONNECTIONS);
    const headers = { authorization: `Bearer ${await stage.token('bench-reader', ['CUSTOMER'])}` };
    const joined = JOINED.replace('PRICE', (await hasPrice(http, headers)) ? PRICE : '');
    let failed = 0;

    async function send(query: string, turn: number): Promise<void> {
      const id = productIds[turn % productIds.length]!;
      const reply = await http.send('POST', '/graphql', headers, { query, variables: { id } });
      const { data, errors } = reply.body as Answer;
      if (reply.status !== 200 || errors !== undefined || data?.product?.id !== id) failed++;
    }
    const load = (rate: number, seconds: number, query: string): Promise<Measured> =>
      byTheClock(rate * stage.scale, seconds, (turn) => send(query, turn));

    return {
      async run(seconds) {
        const simple = await load(SIMPLE_RATE, seconds / 2, SIMPLE);
        const whole = await load(JOINED_RATE, seconds / 2, joined);
        return {
          ...simple,
          done: simple.done + whole.done,
          seconds: simple.seconds + whole.seconds,
          extra: {
            'simple p95': milliseconds(simple.p95),
            [joined.includes(PRICE) ? 'with inventory and price p95' : 'with inventory p95 (no price here)']:
              milliseconds(whole.p95),
          },
        };
      },
      async check() {
        if (failed > 0) throw new Error(`${failed} answers were wrong`);
        return 'every answer was the product that was asked for';
      },
      close: () => http.close(),
    };
  },
};

const milliseconds = (value = Number.NaN): string => `${value.toFixed(1)} ms`;

/** Whether this stack has the pricing part of the graph. */
async function hasPrice(http: HttpClient, headers: Record<string, string>): Promise<boolean> {
  const { body } = await http.send('POST', '/graphql', headers, { query: HAS_PRICE });
  return (body as Answer).errors === undefined;
}
