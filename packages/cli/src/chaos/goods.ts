import { newId } from '@tradewind/kernel/ids.ts';
import { httpClient } from '#bench/http-client.ts';
import type { Scene } from './scene.ts';

export interface Goods {
  readonly productId: string;
  readonly sku: string;
  /** Pieces that there were at the start. */
  readonly stock: number;
}

const SCARCE = 4;
const AMPLE = 4;
const PLENTY = 1_000_000;

/** Products of this run's own in the store of the token: some with a few pieces that many want, some with plenty. */
export async function makeGoods(
  { endpoints }: Scene,
  { token, storeId, scarcePieces = PLENTY }: { token: string; storeId: string; scarcePieces?: number },
): Promise<Goods[]> {
  const headers = { authorization: `Bearer ${token}` };
  const products = httpClient(endpoints.services['product']!, 4);
  const inventory = httpClient(endpoints.services['inventory']!, 4);
  const run = newId().slice(-8);
  try {
    return await Promise.all(
      Array.from({ length: SCARCE + AMPLE }, async (_, index) => {
        const sku = `CHAOS-${run}-${index}`;
        const stock = index < SCARCE ? scarcePieces : PLENTY;
        const body = { sku, name: `Chaos goods ${sku}`, price: '19.90', currency: 'USD' };
        const made = await products.send('POST', '/api/v1/products', headers, body);
        if (made.status !== 201) throw new Error(`product not made: ${JSON.stringify(made.body)}`);
        const { productId } = made.body as { productId: string };
        const path = `/api/v1/stores/${storeId}/inventory/${sku}`;
        const set = await inventory.send('PUT', path, headers, { productId, onHand: stock });
        if (set.status >= 300) throw new Error(`stock not set: ${JSON.stringify(set.body)}`);
        return { productId, sku, stock };
      }),
    );
  } finally {
    await Promise.all([products.close(), inventory.close()]);
  }
}
