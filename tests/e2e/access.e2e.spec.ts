import { httpClient } from '@tradewind/testing/http.ts';
import { describe, expect, it } from 'vitest';
import { admin, anybody, as, merchant, refusal, token, unique, urlOf } from './stack.fixture.ts';
import { goods, order, pay, shopper, stockPath } from './shop.fixture.ts';

const key = { idempotencyKey: 'access' };

describe('without a token', () => {
  it.each([
    ['POST', '/api/v1/products'],
    ['PATCH', '/api/v1/products/p'],
    ['PUT', '/api/v1/products/p/price'],
    ['DELETE', '/api/v1/products/p'],
    ['POST', '/api/v1/orders'],
    ['GET', '/api/v1/orders'],
    ['GET', '/api/v1/orders/o'],
    ['POST', '/api/v1/orders/o/pay'],
    ['POST', '/api/v1/orders/o/cancel'],
    ['GET', '/api/v1/stores/STORE-1/inventory/s'],
    ['PUT', '/api/v1/stores/STORE-1/inventory/s'],
    ['POST', '/api/v1/stores/STORE-1/inventory/s/adjust'],
    ['GET', '/api/v1/reservations/r'],
  ])('%s %s is 401', async (method, path) => {
    const answer = await anybody().call(
      method,
      path,
      method === 'GET' ? undefined : {},
      method === 'POST' ? key : {},
    );
    expect(refusal(answer)[0]).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('products and prices are open', async () => {
    const { productId } = await goods();
    for (const path of ['', `/${productId}`, `/${productId}/price-history`, '/search?q=test']) {
      expect((await anybody().get(`/api/v1/products${path}`)).status, path).toBe(200);
    }
  });
});

describe('a bad token', () => {
  const parts = async (): Promise<string[]> => (await token()).split('.');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('is 401: garbage, a changed claim, no algorithm, HS256 by the public key', async () => {
    const [head = '', claims = '', signature = ''] = await parts();
    const other = encode({
      ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object),
      roles: ['ADMIN'],
    });
    const bad = [
      'garbage',
      `${head}.${other}.${signature}`,
      `${encode({ alg: 'none' })}.${other}.`,
      `${encode({ alg: 'HS256', typ: 'JWT' })}.${other}.${signature}`,
      `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
    ];
    for (const one of bad) {
      const answer = await httpClient(urlOf('order'), one).get('/api/v1/orders');
      expect(refusal(answer)[0], one.slice(0, 30)).toBe(401);
    }
  });
});

describe('known, but not allowed', () => {
  it('is 403', async () => {
    const customer = await shopper();
    const staff = await merchant();
    const { productId, sku } = await goods();
    const product = { sku: unique('E2E'), name: 'x', price: '1.00', currency: 'USD' };
    const answers = [
      await customer.post('/api/v1/products', product),
      await customer.put(stockPath({ sku }), { productId, onHand: 1 }),
      await staff.put(`/api/v1/products/${productId}/price`, { price: '1.00', currency: 'USD' }),
      await customer.get(`/api/v1/orders/o/events`),
      await customer.post('/api/v1/orders/o/fulfill', {}),
      await customer.get('/api/v1/orders?customer=SOMEBODY-ELSE'),
    ];
    expect(answers.map((one) => refusal(one)[0])).toEqual([403, 403, 403, 403, 403, 403]);
  });
});

describe("somebody else's", () => {
  it('order is 404 for another customer and another tenant, whatever they try', async () => {
    const made = await order(await shopper(), await goods());
    const strangers = [
      await shopper(),
      await as({ sub: unique('USER'), storeId: 'STORE-2' }),
      await admin('STORE-2'),
    ];
    for (const stranger of strangers) {
      const answers = [
        await stranger.get(`/api/v1/orders/${made.orderId}`),
        await stranger.get(`/api/v1/orders/${made.orderId}/history`),
        await pay(stranger, made),
        await stranger.post(`/api/v1/orders/${made.orderId}/cancel`, {}),
      ];
      expect(answers.map(refusal)).toEqual(Array.from({ length: 4 }, () => [404, 'ORDER_NOT_FOUND']));
    }
  });

  it('product, stock and location are 404 in another tenant', async () => {
    const { productId, sku } = await goods();
    const [other, boss] = [await merchant('STORE-2'), await admin('STORE-2')];
    const answers = [
      await boss.patch(`/api/v1/products/${productId}`, { name: 'stolen' }, { version: 1 }),
      await other.get(`/api/v1/products/${productId}`),
      await other.get(stockPath({ sku })),
      await other.get(stockPath({ sku }, 'STORE-2')),
      await other.post(`${stockPath({ sku })}/adjust`, { delta: 1, reason: 'FOUND' }),
      await other.put(stockPath({ sku }), { productId, onHand: 1 }),
    ];
    expect(answers.map((one) => refusal(one)[0])).toEqual([404, 404, 404, 404, 404, 404]);
  });

  it('product cannot be ordered by another tenant', async () => {
    const product = await goods();
    const stranger = await as({ sub: unique('USER'), storeId: 'STORE-2' });
    const answer = await stranger.post(
      '/api/v1/orders',
      { items: [{ productId: product.productId, qty: 1 }] },
      { idempotencyKey: unique('KEY') },
    );
    expect(refusal(answer)).toEqual([422, 'UNKNOWN_PRODUCT']);
  });

  it('SKU may be used again in another tenant, and lists hold only their own', async () => {
    const first = await goods();
    const second = await (
      await merchant('STORE-2')
    ).post<{ productId: string }>('/api/v1/products', {
      ...{ sku: first.sku, name: 'the same', price: '5.00', currency: 'EUR' },
    });
    expect(second.status).toBe(201);
    const found = await anybody().get<{ items: { productId: string }[] }>(
      '/api/v1/products?limit=100&store=STORE-2',
    );
    expect(found.body.items.map(({ productId }) => productId)).not.toContain(first.productId);
  });
});

describe('a location', () => {
  it('of the own tenant is added by PUT, and orders do not reserve from it', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 1 })];
    const north = unique('STORE-1-NORTH');
    const body = { productId: product.productId, onHand: 50 };
    expect((await staff.put(stockPath(product, north), body)).status).toBe(201);
    const client = await shopper();
    await order(client, product);
    const answer = await client.post(
      '/api/v1/orders',
      { items: [{ productId: product.productId, qty: 1 }] },
      { idempotencyKey: unique('KEY') },
    );
    expect(refusal(answer)).toEqual([409, 'INSUFFICIENT_STOCK']);
  });
});
