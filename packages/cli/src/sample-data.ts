import { setTimeout as pause } from 'node:timers/promises';
import type { Say } from '@tradewind/native/launch.ts';
import { apiAs, type Api } from '#api.ts';

interface Sample {
  sku: string;
  name: string;
  price: string;
  onHand: number;
}

/** Two tenants; the first is the default one. */
export const SAMPLES: Record<string, readonly Sample[]> = {
  'STORE-1': [
    { sku: 'TW-HEADPHONES', name: 'Wireless headphones', price: '129.50', onHand: 500 },
    { sku: 'TW-KEYBOARD', name: 'Mechanical keyboard', price: '89.00', onHand: 300 },
    { sku: 'TW-MUG', name: 'Enamel mug', price: '12.90', onHand: 1_000 },
    { sku: 'TW-LAMP', name: 'Desk lamp', price: '45.00', onHand: 120 },
  ],
  'STORE-2': [
    { sku: 'TW-TENT', name: 'Two-person tent', price: '249.00', onHand: 40 },
    { sku: 'TW-STOVE', name: 'Camping stove', price: '59.90', onHand: 75 },
  ],
};

/** Products and stock of both tenants. What is there already stays as it is: stock that was sold is not put back. */
export async function sampleData(say: Say): Promise<void> {
  for (const [storeId, samples] of Object.entries(SAMPLES)) {
    const api = await apiAs({ sub: 'SAMPLE-DATA', roles: ['ADMIN', 'MERCHANT'], storeId });
    for (const sample of samples) await ensureSample(api, storeId, sample);
    say(`${storeId}: ${samples.length} products`);
  }
}

async function ensureSample(api: Api, storeId: string, { sku, name, price, onHand }: Sample): Promise<void> {
  const stock = `/stores/${storeId}/inventory/${sku}`;
  if ((await api.get(stock, [200, 404])).status === 200) return;
  const productId = await ensureProduct(api, { sku, name, price, currency: 'USD' });
  await api.send('PUT', stock, { productId, onHand });
}

async function ensureProduct(
  api: Api,
  product: { sku: string; name: string; price: string; currency: string },
): Promise<string> {
  const made = await api.send<{ productId: string }>('POST', '/products', product, { expected: [201, 409] });
  if (made.status === 201) return made.body.productId;
  return findProduct(api, product.sku);
}

const LISTED_MS = 15_000;

/** Id of a product by its SKU. A new product is in the list only once the projection has it: that is waited for. */
export async function findProduct(api: Api, sku: string): Promise<string> {
  for (const deadline = Date.now() + LISTED_MS; ; await pause(200)) {
    const found = await lookUp(api, sku);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no product with the SKU ${sku} is listed`);
  }
}

async function lookUp(api: Api, sku: string): Promise<string | undefined> {
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api.get<{ items: { sku: string; productId: string }[]; nextCursor: string | null }>(
      `/products?limit=100${query}`,
    );
    const found = page.body.items.find((it) => it.sku === sku);
    if (found !== undefined) return found.productId;
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  return undefined;
}
