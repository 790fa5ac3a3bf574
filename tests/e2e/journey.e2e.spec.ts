import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { admin, refusal } from './stack.fixture.ts';
import { becomes, goods, order, type Order, pay, shopper, stockOf } from './shop.fixture.ts';

describe.each([
  ['through the gateway', undefined],
  ['at the order service', 'order'],
])('a purchase %s', (_, service) => {
  it('goes from PENDING to PAID, and takes its pieces out of the stock', async () => {
    const product = await goods({ onHand: 10, price: '64.75' });
    const client = await shopper(service);
    const made = await order(client, product, 2);
    expect(made).toMatchObject({ status: 'PENDING', totalAmount: '129.50', currency: 'USD', version: 1 });
    expect(made.items).toMatchObject([{ productId: product.productId, qty: 2, price: '64.75' }]);
    expect(await stockOf(product)).toMatchObject({ onHand: 10, reserved: 2, available: 8 });

    const paid = await pay(client, made);
    expect([paid.status, paid.body.status]).toEqual([200, 'PAID']);
    await eventually(async () =>
      expect(await stockOf(product)).toMatchObject({ onHand: 8, reserved: 0, available: 8 }),
    );

    await eventually(async () => {
      const list = await client.get<{ items: Order[]; nextCursor: null }>('/api/v1/orders?customer=me');
      expect(list.body).toMatchObject({
        items: [{ orderId: made.orderId, status: 'PAID' }],
        nextCursor: null,
      });
    });
    const history = await client.get<{ items: { status: string }[] }>(
      `/api/v1/orders/${made.orderId}/history`,
    );
    expect(history.body.items.map(({ status }) => status)).toEqual(['PENDING', 'PAYMENT_PENDING', 'PAID']);
    const place = `/api/v1/orders/${made.orderId}/history?limit=2`;
    const first = await client.get<{ items: unknown[]; nextCursor: string }>(place);
    expect(first.body.items).toEqual(history.body.items.slice(0, 2));
    const rest = await client.get(`${place}&cursor=${first.body.nextCursor}`);
    expect(rest.body).toEqual({ items: history.body.items.slice(2), nextCursor: null });
    expect(refusal(await client.get(`${place}&cursor=x`))).toEqual([400, 'CURSOR_INVALID']);
    const events = await (
      await admin('STORE-1', service)
    ).get<{ items: unknown[] }>(`/api/v1/orders/${made.orderId}/events`);
    expect([events.status, events.body.items.length]).toEqual([200, 3]);
  });
});

describe('an order of several lines', () => {
  it('is reserved as a whole and priced by the server', async () => {
    const [a, b] = [await goods({ price: '0.10' }), await goods({ price: '19.99' })];
    const client = await shopper();
    await order(client, b);
    const key = `multi-${a.productId}`;
    const made = await eventually(async () => {
      const items = [
        { productId: a.productId, qty: 3 },
        { productId: b.productId, qty: 2 },
      ];
      const answer = await client.post<Order>('/api/v1/orders', { items }, { idempotencyKey: key });
      expect(answer.status).toBe(201);
      return answer.body;
    });
    expect(made.totalAmount).toBe('40.28');
    expect(await stockOf(a)).toMatchObject({ reserved: 3 });
    expect(await stockOf(b)).toMatchObject({ reserved: 3 });
  });

  it.each([
    ['JPY', '9800', '29400'],
    ['EUR', '0.01', '0.03'],
  ])('keeps the digits of %s', async (currency, price, total) => {
    const product = await goods({ currency, price });
    expect(await order(await shopper(), product, 3)).toMatchObject({ totalAmount: total, currency });
  });
});

describe('fulfilment', () => {
  it('of a paid order ends in FULFILLED, of a pending one is refused', async () => {
    const [product, client, staff] = [await goods(), await shopper(), await admin()];
    const made = await order(client, product);
    const early = await staff.post<{ code: string }>(`/api/v1/orders/${made.orderId}/fulfill`, {});
    expect([early.status, early.body.code]).toEqual([409, 'ORDER_NOT_FULFILLABLE']);
    await pay(client, made);
    await becomes(client, made, 'PAID');
    const done = await staff.post<Order>(`/api/v1/orders/${made.orderId}/fulfill`, {});
    expect([done.status, done.body.status]).toEqual([200, 'FULFILLED']);
  });
});
