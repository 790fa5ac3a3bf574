import type { Benchmark } from '#bench/benchmark.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { openShop } from '#bench/shop.ts';

const CLIENTS = 64;
const PRODUCTS = 1_000;

export const orders: Benchmark = {
  name: 'orders',
  what: `POST /orders, 2 lines of ${PRODUCTS} products, ${CLIENTS} clients in a closed loop, everything on`,
  unit: 'order',
  target: '≥ 800/s with p95 < 200 ms; aim ≥ 2,000/s with p95 < 50 ms',
  async prepare(stage) {
    const shop = await openShop(stage, { clients: CLIENTS, products: PRODUCTS });
    const { productIds, http, headers } = shop;
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
          const status = await http.status('POST', '/api/v1/orders', headers(client), body);
          if (status !== 201) throw new Error(`POST /orders answered ${status}`);
          return true;
        });
        accepted += result.done;
        return result;
      },
      check: () => shop.orders.expect(accepted),
      close: () => http.close(),
    };
  },
};
