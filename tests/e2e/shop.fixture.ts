import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { expect } from 'vitest';
import { as, merchant, unique } from './stack.fixture.ts';

export interface Product {
  readonly productId: string;
  readonly sku: string;
  readonly price: string;
  readonly currency: string;
  readonly version: number;
}

export interface Stock {
  readonly sku: string;
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
  readonly version: number;
}

export interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly userId: string;
  readonly totalAmount: string;
  readonly currency: string;
  readonly items: readonly { productId: string; qty: number; price: string }[];
  readonly version: number;
}

export const stockPath = ({ sku }: { sku: string }, storeId = 'STORE-1'): string =>
  `/api/v1/stores/${storeId}/inventory/${sku}`;

/** A new product with pieces on hand, in a tenant. */
export async function goods({
  onHand = 100,
  price = '12.50',
  currency = 'USD',
  storeId = 'STORE-1',
} = {}): Promise<Product> {
  const staff = await merchant(storeId);
  const made = await staff.post<Product>('/api/v1/products', {
    sku: unique('E2E'),
    name: 'Test goods',
    price,
    currency,
  });
  expect(made.status).toBe(201);
  const product = made.body;
  const set = await staff.put(stockPath(product, storeId), { productId: product.productId, onHand });
  expect(set.status).toBe(201);
  return product;
}

export async function stockOf(product: { sku: string }, storeId = 'STORE-1'): Promise<Stock> {
  const answer = await (await merchant(storeId)).get<Stock>(stockPath(product, storeId));
  expect(answer.status).toBe(200);
  return answer.body;
}

/** A shopper whom no other test knows. */
export const shopper = (service?: string): Promise<HttpClient> => as({ sub: unique('USER') }, service);

/** Sends an order once; a price may take a moment to reach the order service. */
export const tryOrder = (
  client: HttpClient,
  product: { productId: string },
  { qty = 1, key = unique('KEY'), headers = {} as Record<string, string> } = {},
): Promise<Answer<Order>> =>
  client.post<Order>(
    '/api/v1/orders',
    { items: [{ productId: product.productId, qty }] },
    { idempotencyKey: key, headers },
  );

/** An order that must succeed. */
export async function order(client: HttpClient, product: { productId: string }, qty = 1): Promise<Order> {
  const key = unique('KEY');
  return eventually(async () => {
    const answer = await tryOrder(client, product, { qty, key });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body;
  });
}

export const pay = (
  client: HttpClient,
  { orderId }: { orderId: string },
  paymentToken?: string,
  key = unique('PAY'),
) =>
  client.post<Order & { code?: string }>(
    `/api/v1/orders/${orderId}/pay`,
    paymentToken === undefined ? {} : { method: { token: paymentToken } },
    { idempotencyKey: key },
  );

/** Waits until an order has a status. */
export function becomes(
  client: HttpClient,
  { orderId }: { orderId: string },
  status: string,
  within = 20_000,
): Promise<Order> {
  return eventually(
    async () => {
      const { body } = await client.get<Order>(`/api/v1/orders/${orderId}`);
      expect(body.status).toBe(status);
      return body;
    },
    { within },
  );
}

export async function paidOrder(client: HttpClient, product: { productId: string }, qty = 1): Promise<Order> {
  const made = await order(client, product, qty);
  expect((await pay(client, made)).status).toBe(200);
  return becomes(client, made, 'PAID');
}
