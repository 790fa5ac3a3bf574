import pg from 'pg';
import type { Benchmark } from '#bench/benchmark.ts';
import { byTheClock } from '#bench/by-the-clock.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { httpClient } from '#bench/http-client.ts';

const RATE = 500;
const PRODUCTS = 200;

export const adjust: Benchmark = {
  name: 'adjust',
  what: `REST adjust, ${RATE} a second by the clock, over ${PRODUCTS} SKUs`,
  unit: 'adjustment',
  target: 'p50 < 50 ms, p95 < 150 ms; aim p95 < 20 ms',
  async prepare(stage) {
    const { skus } = await makeCatalog(stage, PRODUCTS, 1_000);
    const headers = { authorization: `Bearer ${await stage.token('bench-merchant', ['MERCHANT'])}` };
    const http = httpClient(stage.endpoints.services['inventory']!, 256);
    const db = new pg.Client({
      connectionString: stage.endpoints.postgres.databases['inventory']!.systemUrl,
    });
    await db.connect();
    const body = JSON.stringify({ delta: 1, reason: 'BENCH' });
    let adjusted = 0;
    return {
      async run(seconds) {
        const result = await byTheClock(RATE, seconds, async (turn) => {
          const path = `/api/v1/stores/STORE-1/inventory/${skus[turn % skus.length]!}/adjust`;
          const status = await http.status('POST', path, headers, body);
          if (status >= 300) throw new Error(`adjust answered ${status}`);
        });
        adjusted += result.done;
        return result;
      },
      async check() {
        const { rows } = await db.query<{ on_hand: string; ledger: string }>(
          `select (select sum(on_hand) from inventory_stock where sku = any($1)) as on_hand,
             (select sum(delta) from inventory_adjustment where sku = any($1)) as ledger`,
          [skus],
        );
        const expected = skus.length * 1_000 + adjusted;
        if (Number(rows[0]?.on_hand) !== expected || Number(rows[0]?.ledger) !== expected) {
          throw new Error(`${expected} expected, ${JSON.stringify(rows[0])} stored`);
        }
        return `${adjusted} adjustments: on hand = ledger = expected`;
      },
      async close() {
        await Promise.all([http.close(), db.end()]);
      },
    };
  },
};
