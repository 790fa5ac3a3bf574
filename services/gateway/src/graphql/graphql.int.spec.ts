import { createHash } from 'node:crypto';
import { freePort } from '@tradewind/testing/free-port.ts';
import { httpClient } from '@tradewind/testing/http.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fakeService, openGateway } from '#gateway.fixture.ts';
import type { ServiceUrls } from '#routes.ts';
import { registerGraphql } from './http.ts';
import { subgraphs } from './subgraphs.fixture.ts';

interface Told {
  readonly message: string;
  readonly extensions: { readonly code: string };
}
interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly Told[];
}

const closing: (() => Promise<unknown>)[] = [];
let shop: Awaited<ReturnType<typeof subgraphs>>;
let urls: ServiceUrls;
let ask: Awaited<ReturnType<typeof graph>>;

async function graph(urls: ServiceUrls, allowed?: readonly string[]) {
  const timeoutMs = 1_000;
  const app = await openGateway(urls, timeoutMs);
  await registerGraphql(app, { urls, timeoutMs, introspection: false, allowed });
  closing.push(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return (query: string, headers: Record<string, string> = {}, rest: object = {}, path = '/graphql') =>
    httpClient(url).post<Answer>(path, { query, ...rest }, { headers });
}

beforeAll(async () => {
  shop = await subgraphs();
  for (const { close } of Object.values(shop)) closing.push(close);
  urls = Object.fromEntries(Object.entries(shop).map(([name, { url }]) => [name, url]));
  ask = await graph(urls);
});

beforeEach(() => {
  for (const { seen } of Object.values(shop)) seen.requests.length = seen.queries.length = 0;
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const codes = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions.code);

describe('a query over several services', () => {
  it('costs one request and one query per service, however many products there are', async () => {
    const { product, inventory, pricing } = shop;
    const { body } = await ask('{ products(first: 20) { name inventory { available } price { amount } } }');
    expect(body.errors).toBeUndefined();
    expect(body.data?.['products']).toHaveLength(20);
    expect(body.data?.['products']).toContainEqual({
      ...{ name: 'Name P-19', inventory: { available: 7 } },
      price: { amount: '2.00' },
    });
    expect([product.seen.requests.length, product.seen.queries.length]).toEqual([1, 0]);
    for (const { seen } of [inventory, pricing])
      expect([seen.requests.length, seen.queries.map((ids) => ids.length)]).toEqual([1, [20]]);
  });

  it('goes from orders to their products and on to their stock, each once', async () => {
    const { product, inventory, order } = shop;
    const query = '{ myOrders { orderId items { productId product { name inventory { available } } } } }';
    const { body } = await ask(query, { authorization: 'Bearer good' });
    const items = ['P-0', 'P-1', 'P-2'].map((productId) => ({
      productId,
      product: { name: `Name ${productId}`, inventory: { available: 7 } },
    }));
    expect(body).toEqual({ data: { myOrders: [{ orderId: 'O-1', items }] } });
    for (const { seen } of [product, inventory, order]) expect(seen.requests).toHaveLength(1);
    expect([product.seen.queries.length, inventory.seen.queries.length]).toEqual([1, 1]);
  });

  it('takes along who asks, for which tenant, and under which correlation id', async () => {
    const { product, order } = shop;
    const headers = {
      authorization: 'Bearer good',
      'correlation-id': 'c-1',
      'idempotency-key': 'k-1',
      cookie: 'secret',
    };
    const answer = await ask('mutation { placeOrder(input: { items: [] }) { orderId } }', headers);
    expect(answer.headers.get('correlation-id')).toBe('c-1');
    expect(order.seen.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer good',
      'correlation-id': 'c-1',
      'idempotency-key': 'k-1',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(order.seen.requests[0]?.headers).not.toHaveProperty('cookie');
    await ask('{ product(id: "P-1") { name } }', {}, {}, '/graphql?store=STORE-2');
    expect(product.seen.requests[0]?.query).toEqual({ store: 'STORE-2' });
  });
});

describe('what goes wrong', () => {
  it('in a service that is away leaves the rest of the answer', async () => {
    const ask = await graph({ ...urls, inventory: `http://127.0.0.1:${await freePort()}` });
    const { status, body } = await ask('{ product(id: "P-1") { name inventory { available } } }');
    expect([status, body.data]).toEqual([200, { product: { name: 'Name P-1', inventory: null } }]);
    expect(codes(body)).toEqual(['UPSTREAM_UNAVAILABLE']);
  });

  it('in time and in form says no more than a code', async () => {
    const silent = await fakeService(() => undefined);
    const broken = await fakeService((_request, response) => response.end('<html>'));
    const ask = await graph({ product: silent.url, inventory: broken.url });
    const { body } = await ask('{ product(id: "P-1") { name } productInventory(id: "P-1") { available } }');
    expect(codes(body).sort()).toEqual(['UPSTREAM_TIMEOUT', 'UPSTREAM_UNAVAILABLE']);
  });

  it('names nothing of the inside', async () => {
    const away = await graph({ ...urls, order: 'http://127.0.0.1:9' });
    const answers = [
      await ask('{ product(id: "P-1") { description } }'),
      await away('{ myOrders { orderId } }', { authorization: 'Bearer good' }),
      await ask('{ products { nme } }'),
      await ask('query ($n: Int) { products(first: $n) { id } }', {}, { variables: { n: 'x' } }),
    ];
    for (const { body } of answers) {
      expect(body.errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(body)).not.toMatch(
        /select |10\.0\.0\.7|127\.0\.0\.1|service|subgraph|stack"|Did you/i,
      );
    }
    expect(codes(answers[0]!.body)).toEqual(['INTERNAL']);
  });

  it('with one field of a service is no fault of its others', async () => {
    const { body } = await ask('{ products(first: 1) { name } productPage { nextCursor } }');
    expect([body.data, [...new Set(codes(body))]]).toEqual([null, ['VALIDATION_FAILED']]);
  });

  it('with a token has the status that REST has', async () => {
    const forged = await ask('{ product(id: "P-1") { name } }', { authorization: 'Bearer forged' });
    expect([forged.status, codes(forged.body)]).toEqual([401, ['UNAUTHENTICATED']]);
    const none = await ask('{ product(id: "P-1") { name } myOrders { orderId } }');
    expect([none.status, codes(none.body)]).toEqual([200, ['UNAUTHENTICATED']]);
  });

  it.each<[string, object, number, string]>([
    ['no query', { query: undefined }, 200, 'QUERY_MISSING'],
    ['a query that is no text', { query: 7 }, 400, 'VALIDATION_FAILED'],
    ['a syntax error', { query: '{ products' }, 200, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: '{ secrets }' }, 200, 'GRAPHQL_VALIDATION_FAILED'],
    ['introspection', { query: '{ __schema { types { name } } }' }, 200, 'GRAPHQL_VALIDATION_FAILED'],
    ['depth', { query: `{ myOrders { ${'items { product { '.repeat(1)} id } } } }` }, 200, 'UNAUTHENTICATED'],
    [
      'cost',
      { query: '{ myOrders(first: 100) { items { product { id inventory { available } } } } }' },
      200,
      'QUERY_TOO_COSTLY',
    ],
    [
      'aliases',
      {
        query: `{ ${Array.from({ length: 31 }, (_, at) => `a${at}: product(id: "P-1") { id }`).join(' ')} }`,
      },
      200,
      'QUERY_TOO_MANY_ALIASES',
    ],
    ['tokens', { query: `{ product(id: "P-1") { ${'name '.repeat(1_000)} } }` }, 200, 'QUERY_TOO_LONG'],
  ])('is refused with a code: %s', async (_what, body, status, code) => {
    const answer = await ask('', {}, body);
    const told = answer.status === 400 ? (answer.body as { code?: string }).code : codes(answer.body)[0];
    expect([answer.status, told]).toEqual([status, code]);
  });

  it('is 400 to clients of the newer media type', async () => {
    const answer = await ask('{ secrets }', { accept: 'application/graphql-response+json' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      400,
      'application/graphql-response+json; charset=utf-8',
    ]);
  });
});

describe('persisted queries', () => {
  const query = '{ product(id: "P-1") { name } }';
  const extensions = {
    persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') },
  };

  it('are sent once and then by their hash', async () => {
    const unknown = await ask('', {}, { query: undefined, extensions });
    expect(unknown.body.errors).toMatchObject([
      { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    ]);
    const data = { product: { name: 'Name P-1' } };
    expect((await ask(query, {}, { extensions })).body).toEqual({ data });
    expect((await ask('', {}, { query: undefined, extensions })).body).toEqual({ data });
  });

  it('may be the only ones', async () => {
    const ask = await graph(urls, [query]);
    expect((await ask('', {}, { query: undefined, extensions })).body.data).toBeDefined();
    expect(codes((await ask('{ products { id } }')).body)).toEqual(['QUERY_NOT_ALLOWED']);
  });
});
