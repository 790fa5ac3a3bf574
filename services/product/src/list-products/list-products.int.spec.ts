import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProduct, type ProductStack, productStack, tenant } from '#stack.fixture.ts';

interface Page {
  readonly items: { readonly sku: string; readonly price: string; readonly status: string }[];
  readonly nextCursor: string | null;
  readonly total?: number;
  readonly facets?: object;
}

const url = '/api/v1/products';
const prices = ['5.00', '3.00', '9.00', '3.00', '7.00', '3.00', '1.00'];

let stack: ProductStack;
let storeId: string;
let client: Awaited<ReturnType<ProductStack['client']>>;

beforeAll(async () => {
  stack = await productStack();
  storeId = tenant();
  client = await stack.client(storeId);
  for (const [index, price] of prices.entries()) {
    await createProduct(client, `SKU-${index}`, {
      price,
      name: ['Red coffee mug', 'Blue plate', 'Mechanical keyboard'][index % 3],
      categoryId: index % 2 ? 'odd' : 'even',
      currency: index === 6 ? 'EUR' : 'USD',
    });
  }
  await eventually(async () => expect((await list('limit=100')).items).toHaveLength(prices.length));
});

afterAll(() => stack?.stop());

const list = async (query: string): Promise<Page> => (await client.get<Page>(`${url}?${query}`)).body;

async function walk(
  query: string,
  between: () => Promise<unknown> = async () => undefined,
): Promise<Page['items']> {
  const items: Page['items'] = [];
  let cursor = '';
  for (;;) {
    const page = await list(`${query}${cursor}`);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    await between();
    cursor = `&cursor=${page.nextCursor}`;
  }
}

describe('product list', () => {
  it.each(['createdAt', '-createdAt', 'price', '-price', 'name', '-name'])(
    'shows each product once, ordered by %s, page by page',
    async (sort) => {
      const all = (await list(`limit=100&sort=${sort}`)).items;
      const walked = await walk(`limit=2&sort=${sort}`);
      expect(walked).toEqual(all);
      expect(new Set(walked.map(({ sku }) => sku)).size).toBe(prices.length);
    },
  );

  it('orders prices as numbers', async () => {
    expect((await list('sort=price')).items.map(({ price }) => price)).toEqual([...prices].sort());
  });

  it('goes on where it was while products are added', async () => {
    const before = (await list('limit=100&sort=createdAt')).items.map(({ sku }) => sku);
    let added = 0;
    const other = await stack.client(storeId, { at: 'two' });
    const walked = await walk('limit=2&sort=createdAt', () =>
      createProduct(other, `ADDED-${added++}`, { categoryId: 'added', name: 'Late vase' }),
    );
    expect(walked.slice(0, before.length).map(({ sku }) => sku)).toEqual(before);
  });

  it('filters', async () => {
    const skus = async (query: string) => (await list(`sort=createdAt&${query}`)).items.map(({ sku }) => sku);
    expect(await skus('categoryId=odd')).toEqual(['SKU-1', 'SKU-3', 'SKU-5']);
    expect(await skus('currency=EUR')).toEqual(['SKU-6']);
    expect(await skus('minPrice=5.00&maxPrice=8&currency=USD')).toEqual(['SKU-0', 'SKU-4']);
    expect(await skus('status=ARCHIVED')).toEqual([]);
  });

  it("does not take another list's cursor, nor a made-up one", async () => {
    const { nextCursor } = await list('limit=2&sort=price');
    for (const cursor of [nextCursor, 'abc', Buffer.from('["-name",1]').toString('base64url')]) {
      const reply = await client.get(`${url}?sort=-name&cursor=${cursor}`);
      expect(reply).toMatchObject({ status: 400 });
    }
  });

  it('shows a tenant its own products only', async () => {
    const stranger = await stack.client(tenant());
    expect((await stranger.get(url)).body).toEqual({ items: [], nextCursor: null });
    expect((await stranger.get(`${url}/search?q=mug`)).body).toMatchObject({ items: [], total: 0 });
  });

  it('follows changes by events', async () => {
    const mine = await stack.client(tenant());
    const { productId } = await createProduct(mine, 'A');
    await eventually(async () =>
      expect((await mine.get(url)).body).toMatchObject({
        items: [{ sku: 'A', price: '12.50', inventoryStatus: 'OUT' }],
      }),
    );
    await mine.put(`${url}/${productId}/price`, { price: '2.00' });
    await eventually(async () =>
      expect((await mine.get(url)).body).toMatchObject({ items: [{ price: '2.00' }] }),
    );
    await mine.delete(`${url}/${productId}`);
    await eventually(async () => expect((await mine.get(url)).body).toMatchObject({ items: [] }));
  });
});

describe('product search', () => {
  const search = async (query: string): Promise<Page> =>
    (await client.get<Page>(`${url}/search?${query}`)).body;
  const found = async (query: string) => (await search(query)).items.map(({ sku }) => sku).sort();

  it('finds words, words with typos, and SKUs', async () => {
    expect(await found('q=keyboard')).toEqual(['SKU-2', 'SKU-5']);
    expect(await found('q=keybord')).toEqual(['SKU-2', 'SKU-5']);
    expect(await found('q=cofee%20mug')).toEqual(['SKU-0', 'SKU-3', 'SKU-6']);
    expect(await found('q=sku-4')).toEqual(['SKU-4']);
    expect(await found('q=zzzzqqqq')).toEqual([]);
    expect(await found(`q=${encodeURIComponent(`'" & | ! : * % _ \\`)}`)).toEqual([]);
  });

  it('counts by category, and keeps the counts when one is chosen', async () => {
    const categories = [
      { categoryId: 'even', count: 2 },
      { categoryId: 'odd', count: 1 },
    ];
    expect(await search('q=mug')).toMatchObject({ total: 3, facets: { categories } });
    expect(await search('q=mug&categoryId=odd')).toMatchObject({ total: 1, facets: { categories } });
  });

  it('walks its pages', async () => {
    const first = await search('q=mug&limit=2');
    const rest = await search(`q=mug&limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items].map(({ sku }) => sku).sort()).toEqual(['SKU-0', 'SKU-3', 'SKU-6']);
    expect(rest.nextCursor).toBeNull();
  });
});
