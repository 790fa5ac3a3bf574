import { newId } from '@tradewind/kernel/ids.ts';
import type { Stage } from '#bench/benchmark.ts';
import { makeCatalog } from '#bench/catalog.ts';
import { checkOrders } from '#bench/check-orders.ts';
import { httpClient } from '#bench/http-client.ts';

const PLENTY = 10_000_000;

/** Products that never run out, a customer per client, and a count of the orders that there were before. */
export async function openShop(stage: Stage, { clients, products }: { clients: number; products: number }) {
  const { productIds } = await makeCatalog(stage, products, PLENTY);
  const tokens = await Promise.all(
    Array.from({ length: clients }, (_, client) => stage.token(`bench-${client}`, ['CUSTOMER'])),
  );
  return {
    productIds,
    http: httpClient(stage.endpoints.services['order']!, clients),
    /** Of one request: no two share an Idempotency-Key. */
    headers: (client: number) => ({
      authorization: `Bearer ${tokens[client]!}`,
      'idempotency-key': newId(),
    }),
    orders: await checkOrders(stage),
  };
}
