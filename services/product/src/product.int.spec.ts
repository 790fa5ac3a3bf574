import { eventually } from '@tradewind/testing/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProductBody } from '#product/representation.ts';
import {
  createProduct,
  mugOf,
  type ProductStack,
  productStack,
  readUntilCached,
  tenant,
} from './stack.fixture.ts';

const url = '/api/v1/products';

let stack: ProductStack;

beforeAll(async () => {
  stack = await productStack();
});

afterAll(() => stack?.stop());

describe('products over HTTP', () => {
  it('creates with Location and ETag, once per Idempotency-Key', async () => {
    const client = await stack.client(tenant());
    const options = { idempotencyKey: 'key-1' };
    const first = await client.post<ProductBody>(
      url,
      mugOf('A', { price: 129.5, attributes: { size: 3 } }),
      options,
    );
    expect(first).toMatchObject({
      status: 201,
      body: { price: '129.50', version: 1, attributes: { size: '3' } },
    });
    expect(first.headers.get('location')).toBe(`${url}/${first.body.productId}`);
    expect(first.headers.get('etag')).toBe('"1"');
    const again = await client.post(url, mugOf('A', { price: 129.5, attributes: { size: 3 } }), options);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const other = await client.post(url, mugOf('B'), options);
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('gives a SKU to one of two processes that are asked at once', async () => {
    const storeId = tenant();
    const clients = [await stack.client(storeId), await stack.client(storeId, { at: 'two' })];
    // A busy machine may answer 503 first; that is to be tried again, and creates nothing twice.
    const create = (client = clients[0]) =>
      eventually(async () => {
        const reply = await client?.post<{ code?: string }>(url, mugOf('SAME'));
        expect(reply?.status).not.toBe(503);
        return reply;
      });
    const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => create(clients[index % 2])));
    expect(replies.filter((reply) => reply?.status === 201)).toHaveLength(1);
    expect(replies.filter((reply) => reply?.body.code === 'SKU_TAKEN')).toHaveLength(9);
  });

  it.each([
    ['an amount that is not exact', { price: 129.505 }, 'INVALID_AMOUNT'],
    ['a negative price', { price: '-1' }, 'INVALID_PRICE'],
    ['an unknown currency', { currency: 'XQX' }, 'UNKNOWN_CURRENCY'],
    ['an unknown field', { productId: 'mine' }, 'VALIDATION_FAILED'],
    ['no name', { name: ' ' }, 'VALIDATION_FAILED'],
  ])('refuses %s', async (_, fields, code) => {
    const client = await stack.client(tenant());
    const reply = await client.post(url, mugOf('A', fields));
    expect(reply).toMatchObject({ status: 400, body: { code, errors: [expect.anything()] } });
  });

  it('asks who it is, and what they may do', async () => {
    const storeId = tenant();
    const { productId } = await createProduct(await stack.client(storeId), 'A');
    const customer = await stack.client(storeId, { roles: ['CUSTOMER'] });
    const merchant = await stack.client(storeId, { roles: ['MERCHANT'] });
    expect((await customer.post(url, mugOf('B'))).status).toBe(403);
    expect((await customer.call('POST', url, mugOf('B'), { token: 'bad' })).status).toBe(401);
    expect((await merchant.put(`${url}/${productId}/price`, { price: '1.00' })).status).toBe(403);
    expect((await merchant.patch(`${url}/${productId}`, { name: 'New' })).status).toBe(200);
  });

  it("answers 404 for another tenant's product, cached or not, whatever is asked of it", async () => {
    const mine = await stack.client(tenant());
    const yours = await stack.client(tenant());
    const { productId } = await createProduct(mine, 'A');
    const path = `${url}/${productId}`;
    await readUntilCached(mine, productId);
    const replies = await Promise.all([
      yours.get(path),
      yours.patch(path, { name: 'x' }),
      yours.delete(path),
      yours.put(`${path}/price`, { price: '1.00' }),
      yours.get(`${path}/price-history`),
      yours.get(`${path}/translations`),
      yours.put(`${path}/translations/de`, { name: 'x' }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404, 404]);
    expect((await mine.get(path)).status).toBe(200);
  });

  it('answers 304 to who has the version, and 409 to who builds on an older one', async () => {
    const client = await stack.client(tenant());
    const { productId } = await createProduct(client, 'A');
    const path = `${url}/${productId}`;
    expect(await client.get(path, { headers: { 'if-none-match': '"1"' } })).toMatchObject({
      status: 304,
      body: '',
    });
    expect((await client.patch(path, { name: 'B' }, { version: 1 })).headers.get('etag')).toBe('"2"');
    const conflict = { status: 409, body: { code: 'VERSION_CONFLICT', currentVersion: 2 } };
    expect(await client.patch(path, { name: 'C' }, { version: 1 })).toMatchObject(conflict);
    expect(await client.patch(path, { name: 'C', expectedVersion: 1 })).toMatchObject(conflict);
  });

  it('keeps every price in the history, newest first, page by page', async () => {
    const client = await stack.client(tenant());
    const { productId } = await createProduct(client, 'A');
    for (const price of ['9.90', '8.80']) await client.put(`${url}/${productId}/price`, { price });
    type Page = { items: { price: string; isCurrent: boolean }[]; nextCursor: string | null };
    const first = await client.get<Page>(`${url}/${productId}/price-history?limit=2`);
    expect(first.body.items).toMatchObject([
      { price: '8.80', isCurrent: true, validTo: null },
      { price: '9.90', isCurrent: false },
    ]);
    const rest = await client.get<Page>(
      `${url}/${productId}/price-history?limit=2&cursor=${first.body.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ items: [{ price: '12.50' }], nextCursor: null });
  });

  it('shows the history as it was at any time, and the present as the present', async () => {
    const client = await stack.client(tenant());
    const { productId } = await createProduct(client, 'A');
    for (const price of ['9.90', '8.80', '12.50']) await client.put(`${url}/${productId}/price`, { price });
    type Entry = { price: string; validFrom: string; validTo: string | null; isCurrent: boolean };
    const history = async (asOf?: string) => {
      const query = asOf === undefined ? '' : `?asOf=${encodeURIComponent(asOf)}`;
      return client.get<{ items: Entry[] }>(`${url}/${productId}/price-history${query}`);
    };
    const all = (await history()).body.items;
    expect(all).toHaveLength(4);
    expect((await history(new Date().toISOString())).body.items).toEqual(all);
    for (const { validFrom } of all) {
      const known = all.filter((entry) => entry.validFrom <= validFrom);
      expect((await history(validFrom)).body.items).toEqual([
        { ...known[0], validTo: null, isCurrent: true },
        ...known.slice(1),
      ]);
    }
    const first = Date.parse(all.at(-1)?.validFrom ?? '');
    expect(await history(new Date(first - 1).toISOString())).toMatchObject({
      ...{ status: 404, body: { code: 'PRODUCT_NOT_FOUND' } },
    });
    expect(await history(new Date(Date.now() + 60_000).toISOString())).toMatchObject({
      ...{ status: 400, body: { code: 'AS_OF_IN_FUTURE' } },
    });
  });

  it('keeps an archived product readable and closed', async () => {
    const client = await stack.client(tenant());
    const { productId } = await createProduct(client, 'A');
    const path = `${url}/${productId}`;
    expect((await client.delete(path)).status).toBe(204);
    expect((await client.delete(path)).status).toBe(204);
    await eventually(async () =>
      expect((await client.get(path)).body).toMatchObject({ status: 'ARCHIVED', version: 2 }),
    );
    expect(await client.patch(path, { name: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'PRODUCT_ARCHIVED' },
    });
  });
});

describe('the rest of the catalogue', () => {
  it('keeps a tree of categories without rings', async () => {
    const client = await stack.client(tenant());
    const categories = '/api/v1/categories';
    type Category = { categoryId: string; version: number };
    const add = async (name: string, parentId?: string) =>
      (await client.post<Category>(categories, { name, ...(parentId ? { parentId } : {}) })).body;
    const top = await add('Kitchen');
    const below = await add('Mugs', top.categoryId);
    expect((await client.get(`${categories}?parentId=${top.categoryId}`)).body).toMatchObject({
      items: [below],
    });
    const ring = await client.patch(`${categories}/${top.categoryId}`, { parentId: below.categoryId });
    expect(ring).toMatchObject({ status: 422, body: { code: 'CATEGORY_CYCLE' } });
    expect(await client.delete(`${categories}/${top.categoryId}`)).toMatchObject({ status: 409 });
    const moved = await client.patch(`${categories}/${below.categoryId}`, { parentId: null }, { version: 1 });
    expect(moved).toMatchObject({ status: 200, body: { parentId: null, version: 2 } });
    expect((await client.delete(`${categories}/${top.categoryId}`)).status).toBe(204);
    expect((await client.get(`${categories}/${top.categoryId}`)).status).toBe(404);
  });

  it('keeps collections and translations', async () => {
    const client = await stack.client(tenant());
    const { productId } = await createProduct(client, 'A');
    const added = await client.post<{ collectionId: string }>('/api/v1/collections', { name: 'Spring' });
    const path = `/api/v1/collections/${added.body.collectionId}`;
    const spring = { name: 'Spring', productIds: [productId] };
    expect((await client.put(path, spring, { version: 1 })).body).toMatchObject({ ...spring, version: 2 });
    expect(await client.put(path, spring, { version: 1 })).toMatchObject({ status: 409 });
    expect((await client.get(path)).body).toMatchObject(spring);
    await client.put(`${url}/${productId}/translations/de`, { name: 'Tasse' });
    await client.put(`${url}/${productId}/translations/de`, { name: 'Becher' });
    const { body } = await client.get(`${url}/${productId}/translations`);
    expect(body).toMatchObject({ items: [{ locale: 'de', name: 'Becher' }] });
  });
});

describe('openapi.json', () => {
  interface Media {
    readonly content?: {
      readonly 'application/json'?: {
        readonly schema?: { readonly $ref?: string };
        readonly example?: unknown;
      };
    };
  }
  interface Operation {
    readonly summary?: string;
    readonly requestBody?: Media;
    readonly responses: Readonly<Record<string, Media>>;
  }
  interface OpenApi {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, { readonly example?: unknown }>> };
  }

  it('describes every route, with an example of each body', async () => {
    const client = await stack.client(tenant());
    const { body: document } = await client.get<OpenApi>('/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    const routes = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/'));
    const operations = routes.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
    );
    expect(operations.map(({ name }) => name)).toEqual(
      expect.arrayContaining([`post ${url}`, `get ${url}`, `get ${url}/search`, `put ${url}/{id}/price`]),
    );
    const withoutExample = operations.flatMap(({ name, operation }) => {
      const successes = Object.entries(operation.responses).filter(([status]) => /^20[01]$/.test(status));
      return [operation.requestBody, ...successes.map(([, response]) => response)].flatMap((media) => {
        const content = media?.content?.['application/json'];
        const component = document.components.schemas[content?.schema?.$ref?.split('/').at(-1) ?? ''];
        return media && (content?.example ?? component?.example) === undefined ? [name] : [];
      });
    });
    expect(withoutExample).toEqual([]);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, schema = ''] of references)
      expect(Object.keys(document.components.schemas)).toContain(schema);
  });
});
