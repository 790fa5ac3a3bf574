import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { checkOrders } from '#bench/check-orders.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';

const CLIENTS = 64;
const PRODUCTS = 1_000;

export const orders: Benchmark = {
  name: 'orders',
  what: `POST /orders, 2 lines of ${PRODUCTS} products, ${CLIENTS} clients in a closed loop, everything on`,
  unit: 'order',
  target: '≥ 800/s with p95 < 200 ms; aim ≥ 2,000/s with p95 < 50 ms',
  async prepare(stage) {
    const { productIds } = await makeCatalog(stage, PRODUCTS, 10_000_000);
    const headers = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => ({
        authorization: `Bearer ${await stage.token(`bench-${client}`, ['CUSTOMER'])}`,
      })),
    );
    const http = httpClient(stage.endpoints.services['order']!, CLIENTS);
    const since = await checkOrders(stage);
    let accepted = 0;
    let turn = 0;
    const pick = () => productIds[(turn = (turn * 31 + 7) % 1_000_003) % productIds.length]!;
    return {
      async run(seconds) {
        const result = await closedLoop(CLIENTS, seconds, async (client) => {
          const first = pick();
          let second = pick();
          if (second === first) second = productIds[(productIds.indexOf(first) + 1) % productIds.length]!;
          const body = JSON.stringify({
            items: [
              { productId: first, qty: 1 },
              { productId: second, qty: 2 },
            ],
          });
          const status = await http.status(
            'POST',
            '/api/v1/orders',
            { ...headers[client]!, 'idempotency-key': newId() },
            body,
          );
          if (status !== 201) throw new Error(`POST /orders answered ${status}`);
          return true;
        });
        accepted += result.done;
        return result;
      },
      check: () => since.expect(accepted),
      close: () => http.close(),
    };
  },
};
