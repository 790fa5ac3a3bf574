import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from './database.fixture.ts';
import { dataOf } from './graphql.fixture.ts';
import { goods, type Order, type Product, tryOrder } from './shop.fixture.ts';
import { admin, anybody, as, merchant, refusal, unique } from './stack.fixture.ts';

interface Cart {
  readonly cartId: string;
  readonly totalAmount: string;
}

const segment = unique('vip').toLowerCase();
let product: Product;
let vip: HttpClient;
let other: HttpClient;

beforeAll(async () => {
  product = await goods({ price: '30.00' });
  vip = await as({ sub: unique('USER'), segment });
  other = await as({ sub: unique('USER') });
  const prices = [{ productId: product.productId, price: '20.00' }];
  const list = await (
    await merchant()
  ).post('/api/v1/price-lists', {
    ...{ name: 'VIP', currency: 'USD', segment, prices },
  });
  expect(list.status).toBe(201);
  const lookUp = { lines: [{ productId: product.productId, qty: 1 }], segment };
  await eventually(async () =>
    expect((await anybody().post('/api/v1/prices/resolve', lookUp)).body).toMatchObject({
      totalAmount: '20.00',
    }),
  );
});

async function cartOf(client: HttpClient): Promise<Cart> {
  const { cartId } = (await client.post<Cart>('/api/v1/carts', {})).body;
  const added = await client.post<Cart>(`/api/v1/carts/${cartId}/items`, {
    ...{ productId: product.productId, qty: 2 },
  });
  expect(added.status).toBe(200);
  return (await client.get<Cart>(`/api/v1/carts/${cartId}`)).body;
}

describe('the prices of a segment', () => {
  it('are what its customers pay, and nobody else', async () => {
    for (const [client, price, total] of [
      [vip, '20.00', '40.00'],
      [other, '30.00', '60.00'],
    ] as const) {
      const cart = await cartOf(client);
      expect(cart.totalAmount).toBe(total);
      const bought = await client.post<Order>(`/api/v1/carts/${cart.cartId}/checkout`, {});
      expect([bought.status, bought.body.totalAmount]).toEqual([201, total]);
      const placed = await tryOrder(client, product);
      expect(placed.body).toMatchObject({ totalAmount: price, items: [{ price, listPrice: '30.00' }] });
      const rows = await sql<{ kept: string | null }>(
        'order',
        `select pricing->>'segment' as kept from orders where order_id = any($1)`,
        [[bought.body.orderId, placed.body.orderId]],
      );
      const kept = client === vip ? segment : null;
      expect(rows).toEqual([{ kept }, { kept }]);
    }
  });

  it('are the ones that GraphQL and a look at prices show them', async () => {
    const query = 'query ($id: ID!) { product(id: $id) { price { amount } } }';
    const shown = async (client: HttpClient) =>
      (await dataOf<{ product: object }>(client, query, { id: product.productId })).product;
    expect(await shown(vip)).toEqual({ price: { amount: '20.00' } });
    expect(await shown(other)).toEqual({ price: { amount: '30.00' } });
    const lookUp = { lines: [{ productId: product.productId, qty: 1 }] };
    expect((await vip.post('/api/v1/prices/resolve', lookUp)).body).toMatchObject({ totalAmount: '20.00' });
  });

  it('can not be claimed by whoever orders', async () => {
    const items = [{ productId: product.productId, qty: 1 }];
    const claimed = await other.post('/api/v1/orders', { items, segment }, { idempotencyKey: unique('KEY') });
    expect(refusal(claimed)).toEqual([403, 'FORBIDDEN']);
  });
});

it('a customer has the segment that staff have given, with the next token', async () => {
  const boss = await admin();
  type Customer = { customerId: string; segment: string | null; version: number };
  const email = `${unique('grace').toLowerCase()}@example.com`;
  const made = await boss.post<Customer>('/api/v1/customers', { email, name: 'Grace' });
  const { customerId, version } = made.body;
  expect(made.body.segment).toBeNull();
  expect((await cartOf(await as({ sub: customerId }))).totalAmount).toBe('60.00');
  const path = `/api/v1/customers/${customerId}`;
  expect((await boss.patch<Customer>(path, { segment }, { version })).body).toMatchObject({
    ...{ segment, name: 'Grace', version: version + 1 },
  });
  expect(refusal(await boss.patch(path, { segment: null }, { version }))).toEqual([409, 'VERSION_CONFLICT']);
  const self = await as({ sub: customerId });
  expect(refusal(await self.patch(path, { segment }))).toEqual([403, 'FORBIDDEN']);
  expect((await cartOf(self)).totalAmount).toBe('40.00');
});
