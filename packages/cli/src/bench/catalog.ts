import { newId } from '@tradewind/kernel/ids.ts';
import type { Stage } from '#bench/benchmark.ts';
import { httpClient } from '#bench/http-client.ts';

/** Products that a benchmark made for itself, with stock. */
export interface Catalog {
  readonly productIds: readonly string[];
  readonly skus: readonly string[];
}

/** Makes products and gives each stock, through the public API. */
export async function makeCatalog(stage: Stage, count: number, onHand: number): Promise<Catalog> {
  const { product, inventory } = stage.endpoints.services;
  const headers = { authorization: `Bearer ${await stage.token('bench-merchant', ['MERCHANT', 'ADMIN'])}` };
  const products = httpClient(product!, 32);
  const stock = httpClient(inventory!, 32);
  const run = newId().slice(-8);
  const made: { productId: string; sku: string }[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(32, count) }, async () => {
      while (next < count) {
        const sku = `BENCH-${run}-${next++}`;
        const created = await products.send('POST', '/api/v1/products', headers, {
          sku,
          name: `Bench product ${sku}`,
          price: '10.00',
          currency: 'USD',
        });
        if (created.status !== 201) throw new Error(`product not created: ${JSON.stringify(created.body)}`);
        const { productId } = created.body as { productId: string };
        const path = `/api/v1/stores/STORE-1/inventory/${sku}`;
        const set = await stock.send('PUT', path, headers, { productId, onHand });
        if (set.status >= 300) throw new Error(`stock not set: ${JSON.stringify(set.body)}`);
        made.push({ productId, sku });
      }
    }),
  );
  await Promise.all([products.close(), stock.close()]);
  return { productIds: made.map(({ productId }) => productId), skus: made.map(({ sku }) => sku) };
}
