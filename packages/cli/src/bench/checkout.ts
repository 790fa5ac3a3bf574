import { newId } from '@tradewind/kernel/ids.ts';
import type { Benchmark } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { checkOrders } from '#bench/check-orders.ts';
import { closedLoop } from '#bench/closed-loop.ts';
import { httpClient } from '#bench/http-client.ts';

const CLIENTS = 32;
const PRODUCTS = 200;

export const checkout: Benchmark = {
  name: 'checkout',
  what: `order of 2 lines, paid to PAID through the SOAP gateway, ${CLIENTS} shoppers in a closed loop`,
  unit: 'journey',
  target: '≥ 100/s with p95 < 350 ms; aim ≥ 300/s with p95 < 100 ms',
  async prepare(stage) {
    const { productIds } = await makeCatalog(stage, PRODUCTS, 10_000_000);
    const headers = await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => ({
        authorization: `Bearer ${await stage.token(`bench-${client}`, ['CUSTOMER'])}`,
      })),
    );
    const http = httpClient(stage.endpoints.services['order']!, CLIENTS);
    const orders = await checkOrders(stage);
    let placed = 0;
    let turn = 0;
    return {
      async run(seconds) {
        let settledLater = 0;
        const result = await closedLoop(CLIENTS, seconds, async (client) => {
          const at = turn++ * 2;
          const items = [0, 1].map((step) => ({
            productId: productIds[(at + step) % productIds.length]!,
            qty: 1,
          }));
          const key = () => ({ ...headers[client]!, 'idempotency-key': newId() });
          const order = await http.send('POST', '/api/v1/orders', key(), { items });
          if (order.status !== 201) throw new Error(`POST /orders answered ${order.status}`);
          placed++;
          const { orderId } = order.body as { orderId: string };
          const paid = await http.send('POST', `/api/v1/orders/${orderId}/pay`, key(), {});
          if (paid.status === 202) settledLater++;
          else if (paid.status !== 200)
            throw new Error(`pay answered ${paid.status} ${JSON.stringify(paid.body)}`);
          return paid.status === 200;
        });
        return { ...result, extra: { 'answered 202': settledLater } };
      },
      check: () => orders.expect(placed),
      close: () => http.close(),
    };
  },
};
