import { Pool } from 'undici';
import type { Benchmark, Stage } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';

const PRODUCTS = 20_000;
const CLIENTS = 8;
/** By the clock: a shop with some thousand visitors at a time. */
const RATE = 30;
const MERCHANTS_AT_ONCE = 32;
/** A tenant of its own, whose catalogue is made once. */
const TENANT = 'BENCH-SEARCH';
const WAIT_MS = 120_000;

// No word is a typo of another one, so that how many are found is known.
const things =
  'keyboard lantern blanket scissors umbrella backpack notebook telescope cushion bracelet hammer teapot curtain bicycle trumpet wallet mirror ladder carpet thermos compass drawer violin goggles pitcher necklace cabinet whistle skillet hammock mattress raincoat stapler tripod wardrobe easel dumbbell projector turntable sandals'.split(
    ' ',
  );
const colors =
  'crimson turquoise magenta emerald ivory charcoal lavender mustard burgundy cobalt saffron maroon periwinkle amber chartreuse fuchsia indigo vermilion ochre beige scarlet umber cerulean sepia aubergine'.split(
    ' ',
  );
const materials =
  'bamboo aluminium leather porcelain cotton walnut titanium velvet marble ceramic denim copper granite plywood silicone wicker acrylic bronze cashmere rubber'.split(
    ' ',
  );

interface Made {
  readonly thing: string;
  readonly color: string;
  readonly material: string;
}

/** Each combination once, the things in turn. */
const productAt = (at: number): Made => ({
  thing: things[at % things.length]!,
  color: colors[Math.floor(at / things.length) % colors.length]!,
  material: materials[Math.floor(at / things.length / colors.length) % materials.length]!,
});

/** What shoppers type: words, words with a typo, several words, the start of one, and filters on top. */
function queryAt(turn: number): string {
  const { thing, color, material } = productAt(turn * 7_919);
  const typo = `${thing.slice(0, 3)}${thing.slice(4)}`;
  const kinds = [
    `q=${thing}`,
    `q=${color}+${thing}`,
    `q=${typo}`,
    `q=${material}+${thing}&sort=price`,
    `q=${thing.slice(0, 5)}`,
    `q=${thing}&attribute=color:${color}&minPrice=20`,
  ];
  return kinds[turn % kinds.length]!;
}

export const search: Benchmark = {
  name: 'search',
  what: `GET /products/search with all facets over ${PRODUCTS} products, ${CLIENTS} clients in a closed loop, then ${RATE}/s by the clock`,
  unit: 'search',
  target: 'p95 < 100 ms',
  async prepare(stage) {
    const count = Math.round(PRODUCTS * stage.scale);
    const token = await stage.token('bench-merchant', ['MERCHANT', 'ADMIN'], TENANT);
    const headers = { authorization: `Bearer ${token}` };
    const pool = new Pool(stage.endpoints.services['product']!, { connections: CLIENTS, pipelining: 1 });
    const stores = new Set<string>();
    let degraded = 0;
    let found = 0;
    let asked = 0;

    async function ask(query: string): Promise<number> {
      const reply = await pool.request({ method: 'GET', path: `/api/v1/products/search?${query}`, headers });
      const body = (await reply.body.json()) as { total: number };
      if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} ${JSON.stringify(body)}`);
      stores.add(String(reply.headers['search-store']));
      if (reply.headers['search-degraded'] !== undefined) degraded++;
      return body.total;
    }

    await makeProducts(stage, headers, count);
    await untilFound(ask, count);
    return {
      async run(seconds) {
        const loop = await closedLoop(CLIENTS, seconds, async () => {
          found += await ask(queryAt(asked++));
          return true;
        });
        const steady = await byTheClock(RATE, seconds, async () => {
          found += await ask(queryAt(asked++));
          return true;
        });
        return {
          ...loop,
          besides: steady.done,
          extra: {
            [`at ${RATE}/s`]: `p50 ${steady.p50!.toFixed(0)}   p95 ${steady.p95!.toFixed(0)} ms`,
            store: [...stores].join(', '),
            products: count,
          },
        };
      },
      async check() {
        if (degraded > 0)
          throw new Error(`${degraded} answers came from the product list: the index was away`);
        if (stores.size !== 1) throw new Error(`answers came from ${[...stores].join(' and ')}`);
        for (const [at, thing] of things.entries()) {
          const total = await ask(`q=${thing}`);
          const expected = Math.ceil((count - at) / things.length);
          if (total < expected) throw new Error(`${total} of ${expected} products are found as ${thing}`);
        }
        return `every product was found by its words; ${(found / asked).toFixed(0)} found by a search on average`;
      },
      close: () => pool.close(),
    };
  },
};

/** Those that an earlier run has made are refused by their SKU, and stay. */
async function makeProducts(
  { endpoints, say }: Stage,
  headers: Record<string, string>,
  count: number,
): Promise<void> {
  const client = httpClient(endpoints.services['product']!, MERCHANTS_AT_ONCE);
  let next = 0;
  await Promise.all(
    Array.from({ length: MERCHANTS_AT_ONCE }, async () => {
      while (next < count) {
        const at = next++;
        const { thing, color, material } = productAt(at);
        const { status, body } = await client.send('POST', '/api/v1/products', headers, {
          sku: `FIND-${at}`,
          name: `${color} ${thing}`,
          description: `Made of ${material}, for those who look for a ${thing}.`,
          price: `${5 + (at % 400)}.${at % 2 === 0 ? '00' : '90'}`,
          currency: 'USD',
          categoryId: thing,
          attributes: { color, material },
        });
        if (status !== 201 && status !== 409) throw new Error(`product not created: ${JSON.stringify(body)}`);
        if (at % 5_000 === 4_999) say(`${at + 1} products`);
      }
    }),
  );
  await client.close();
}

async function untilFound(ask: (query: string) => Promise<number>, count: number): Promise<void> {
  const { thing } = productAt(count - 1);
  const expected = Math.ceil((count - ((count - 1) % things.length)) / things.length);
  const end = performance.now() + WAIT_MS;
  while ((await ask(`q=${thing}`)) < expected) {
    if (performance.now() > end)
      throw new Error(`the last of ${count} products is not found after ${WAIT_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
