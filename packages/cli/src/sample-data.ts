import { createHash } from 'node:crypto';
import type { Say } from '@tradewind/native/launch.ts';
import { apiAs, type Api } from '#api.ts';

interface Sample {
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly currency: string;
  readonly categoryId: string;
  readonly onHand: number;
}

const sample = (
  sku: string,
  name: string,
  price: string,
  currency: string,
  categoryId: string,
  onHand: number,
): Sample => ({ sku, name, price, currency, categoryId, onHand });

/** Two tenants; the first is the default one. */
export const SAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  'STORE-1': [
    sample('TW-HEADPHONES', 'Wireless headphones', '129.50', 'USD', 'audio', 500),
    sample('TW-KEYBOARD', 'Mechanical keyboard', '89.00', 'USD', 'computing', 300),
    sample('TW-MUG', 'Enamel mug', '12.90', 'USD', 'kitchen', 1_000),
    sample('TW-LAMP', 'Desk lamp', '45.00', 'EUR', 'home', 120),
    sample('TW-NOTEBOOK', 'Dotted notebook', '14.50', 'EUR', 'stationery', 800),
    sample('TW-BACKPACK', 'Canvas backpack', '74.95', 'EUR', 'travel', 150),
    sample('TW-TEAPOT', 'Cast-iron teapot', '9800', 'JPY', 'kitchen', 60),
    sample('TW-FURIN', 'Wind chime', '2400', 'JPY', 'home', 90),
  ],
  'STORE-2': [
    sample('TW-TENT', 'Two-person tent', '249.00', 'USD', 'camping', 40),
    sample('TW-STOVE', 'Camping stove', '59.90', 'EUR', 'camping', 75),
  ],
};

/** Products and stock of both tenants. What is there already stays as it is: stock that was sold is not put back. */
export async function sampleData(say: Say): Promise<void> {
  for (const [storeId, samples] of Object.entries(SAMPLES)) {
    const api = await apiAs({ sub: 'SAMPLE-DATA', roles: ['ADMIN', 'MERCHANT'], storeId });
    const made = await Promise.all(samples.map((one) => ensureSample(api, storeId, one)));
    say(`${storeId}: ${samples.length} products, ${made.filter(Boolean).length} of them new`);
  }
}

/** Answers whether anything was missing. */
async function ensureSample(api: Api, storeId: string, { onHand, ...product }: Sample): Promise<boolean> {
  const stock = `/stores/${storeId}/inventory/${product.sku}`;
  if ((await api.get(stock, [200, 404])).status === 200) return false;
  const productId = await ensureProduct(api, product);
  await api.send('PUT', stock, { productId, onHand });
  return true;
}

/** The key makes a repeat find the product that an interrupted run has made. */
async function ensureProduct(api: Api, product: Omit<Sample, 'onHand'>): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(product)).digest('hex').slice(0, 16);
  const made = await api.send<{ productId: string }>('POST', '/products', product, {
    expected: [201, 409],
    idempotencyKey: `sample-${product.sku}-${digest}`,
  });
  return made.status === 201 ? made.body.productId : findProduct(api, product.sku);
}

/** Id of a product by its SKU, looked for page by page. */
async function findProduct(api: Api, sku: string): Promise<string> {
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await api.get<{ items: { sku: string; productId: string }[]; nextCursor: string | null }>(
      `/products?limit=100&sort=createdAt${query}`,
    );
    const found = page.body.items.find((it) => it.sku === sku);
    if (found !== undefined) return found.productId;
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  throw new Error(`no product has the SKU ${sku}`);
}
