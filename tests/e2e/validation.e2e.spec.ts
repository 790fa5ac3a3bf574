import { describe, expect, it } from 'vitest';
import { admin, as, merchant, type Problem, refusal, unique, urlOf, token } from './stack.fixture.ts';
import { goods, shopper, stockPath } from './shop.fixture.ts';

const product = (more: object = {}) => ({
  sku: unique('E2E'),
  name: 'x',
  price: '1.00',
  currency: 'USD',
  ...more,
});
const idempotency = () => ({ idempotencyKey: unique('KEY') });

describe('a body that is not valid', () => {
  it.each([
    ['an unknown field', { surprise: 1 }],
    ['no sku', { sku: undefined }],
    ['an empty name', { name: '' }],
    ['a negative price', { price: '-1.00' }],
    ['more digits than the currency has, as text', { price: '129.505' }],
    ['more digits than the currency has, as a number', { price: 129.505 }],
    ['fractions of yen', { price: '1.5', currency: 'JPY' }],
    ['an unknown currency', { currency: 'QQQ' }],
    ['scientific notation', { price: '1e3' }],
    ['a price that is no amount', { price: true }],
  ])('of a product is 400: %s', async (_, change) => {
    const answer = await (await merchant()).post<Problem>('/api/v1/products', product(change));
    expect(refusal(answer)[0]).toBe(400);
  });

  it('names the fields in errors[]', async () => {
    const answer = await (await merchant()).post<Problem>('/api/v1/products', { sku: 5, extra: true });
    expect(refusal(answer)).toEqual([400, 'VALIDATION_FAILED']);
    const paths = (answer.body.errors ?? []).map(({ path }) => path).join();
    for (const name of ['sku', 'name', 'price', 'currency']) expect(paths).toContain(name);
    expect(answer.body.errors?.every(({ message }) => message.length > 0)).toBe(true);
  });

  it.each([
    ['no items', { items: [] }],
    ['a quantity of nothing', { items: [{ productId: 'p', qty: 0 }] }],
    ['half a piece', { items: [{ productId: 'p', qty: 1.5 }] }],
    ['a price of the client', { items: [{ productId: 'p', qty: 1, price: '0.01' }] }],
    ['an unknown field', { items: [{ productId: 'p', qty: 1 }], total: 5 }],
    ['a bad currency', { items: [{ productId: 'p', qty: 1 }], currency: 'usd' }],
    ['an array', []],
    ['text', '"text"'],
  ])('of an order is 400: %s', async (_, body) => {
    const answer = await (await shopper()).post<Problem>('/api/v1/orders', body, idempotency());
    expect(refusal(answer)[0]).toBe(400);
    expect(answer.body.errors?.length ?? 0).toBeGreaterThan(0);
  });

  it('of stock is 400', async () => {
    const { productId, sku } = await goods();
    const staff = await merchant();
    const path = stockPath({ sku });
    const answers = [
      await staff.put(path, { productId, onHand: -1 }),
      await staff.put(path, { productId, onHand: 1.5 }),
      await staff.put(path, { productId, onHand: 1, extra: 1 }),
      await staff.post(`${path}/adjust`, { delta: 'x', reason: 'FOUND' }),
      await staff.post(`${path}/adjust`, { delta: 1 }),
      await staff.post(`${path}/reserve`, { qty: 0 }),
    ];
    expect(answers.map((one) => refusal(one)[0])).toEqual([400, 400, 400, 400, 400, 400]);
  });

  it('that is no JSON, or none at all, is 400', async () => {
    const client = await shopper();
    for (const body of ['{', 'nonsense', '']) {
      const answer = await client.post('/api/v1/orders', body, idempotency());
      expect(refusal(answer)[0], body).toBe(400);
    }
  });

  it('with __proto__ in it does no harm', async () => {
    const body = '{"items":[{"productId":"p","qty":1}],"__proto__":{"admin":true}}';
    expect(refusal(await (await shopper()).post('/api/v1/orders', body, idempotency()))[0]).toBe(400);
  });
});

describe('amounts', () => {
  it.each([
    ['129.5', 'USD', '129.50'],
    [129.5, 'USD', '129.50'],
    [0.1, 'USD', '0.10'],
    ['1000', 'JPY', '1000'],
    [1.001, 'BHD', '1.001'],
  ])('%s %s is exact and kept as %s', async (price, currency, stored) => {
    const answer = await (
      await merchant()
    ).post<{ price: string }>('/api/v1/products', product({ price, currency }));
    expect([answer.status, answer.body.price]).toEqual([201, stored]);
  });
});

describe.each(['product', 'order', 'inventory', undefined])('the surface of %s', (service) => {
  const path = service === 'inventory' ? '/api/v1/stores/STORE-1/inventory/x/adjust' : '/api/v1/orders';
  const target = service === 'product' ? '/api/v1/products' : path;

  it('refuses more than 256 KiB with 413', async () => {
    const client = await as({ sub: 'ADMIN-1', roles: ['ADMIN'] }, service);
    const body = JSON.stringify({ name: 'x'.repeat(300 * 1024) });
    expect(refusal(await client.post(target, body, idempotency()))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('refuses other media types with 415', async () => {
    const client = await as({ sub: 'ADMIN-1', roles: ['ADMIN'] }, service);
    const options = { ...idempotency(), headers: { 'content-type': 'application/xml' } };
    expect(refusal(await client.post(target, '<x/>', options))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('answers an unknown route with 404', async () => {
    const client = await as({}, service);
    expect(refusal(await client.get('/api/v1/nothing-here'))[0]).toBe(404);
  });

  it('echoes the Correlation-Id, or makes one', async () => {
    const client = await as({}, service);
    const given = await client.get('/api/v1/products', { headers: { 'correlation-id': 'e2e-123' } });
    expect(given.headers.get('correlation-id')).toBe('e2e-123');
    expect((await client.get('/api/v1/products')).headers.get('correlation-id')).toBeTruthy();
  });
});

describe('lists', () => {
  it.each(['limit=0', 'limit=101', 'limit=x', 'cursor=nonsense'])('refuse ?%s', async (query) => {
    const client = await shopper();
    for (const list of ['/api/v1/products', '/api/v1/orders']) {
      expect(refusal(await client.get(`${list}?${query}`))[0], list).toBe(400);
    }
  });
});

describe('an id with odd characters', () => {
  it('is 404, never an error of the server', async () => {
    const [client, boss] = [await shopper(), await admin()];
    for (const id of [
      '%00',
      "'; drop table orders; --",
      '../../etc/passwd',
      'ü'.repeat(20),
      'x'.repeat(150),
    ]) {
      const path = encodeURIComponent(id);
      for (const answer of [
        await client.get(`/api/v1/orders/${path}`),
        await boss.get(`/api/v1/products/${path}`),
      ]) {
        expect([400, 404], `${id} answers ${answer.status}`).toContain(answer.status);
      }
    }
  });

  it('as a zero byte in a body is refused', async () => {
    const response = await fetch(`${urlOf()}/api/v1/products`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await token({ roles: ['MERCHANT'] })}`,
      },
      body: JSON.stringify(product({ name: 'a\u0000b' })),
    });
    expect(response.status).toBe(400);
  });
});
