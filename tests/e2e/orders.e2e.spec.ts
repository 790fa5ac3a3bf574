import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { admin, type Problem, refusal, unique } from './stack.fixture.ts';
import {
  becomes,
  goods,
  order,
  type Order,
  paidOrder,
  pay,
  shopper,
  stockOf,
  tryOrder,
} from './shop.fixture.ts';

interface Page {
  readonly items: readonly Order[];
  readonly nextCursor: string | null;
}

describe('an order that cannot be', () => {
  it('for more than there is is 409 and lists the lines', async () => {
    const [client, product] = [await shopper(), await goods({ onHand: 3 })];
    await order(client, product);
    const answer = await tryOrder(client, product, { qty: 3 });
    expect(refusal(answer)).toEqual([409, 'INSUFFICIENT_STOCK']);
    expect(answer.body).toMatchObject({
      lines: [{ productId: product.productId, requested: 3, available: 2 }],
    });
    expect(await stockOf(product)).toMatchObject({ reserved: 1 });
  });

  it('reserves no line where one is short', async () => {
    const [client, much, little] = [await shopper(), await goods(), await goods({ onHand: 1 })];
    await order(client, much);
    await order(client, little);
    const items = [much, little].map(({ productId }) => ({ productId, qty: 1 }));
    const answer = await client.post('/api/v1/orders', { items }, { idempotencyKey: unique('KEY') });
    expect(refusal(answer)).toEqual([409, 'INSUFFICIENT_STOCK']);
    expect(await stockOf(much)).toMatchObject({ reserved: 1 });
  });

  it('for an unknown product is 422', async () => {
    const answer = await tryOrder(await shopper(), { productId: 'no-such-product' });
    expect(refusal(answer)).toEqual([422, 'UNKNOWN_PRODUCT']);
  });

  it('in two currencies is 422', async () => {
    const [client, usd, eur] = [await shopper(), await goods(), await goods({ currency: 'EUR' })];
    await order(client, usd);
    await order(client, eur);
    const items = [usd, eur].map(({ productId }) => ({ productId, qty: 1 }));
    const send = (body: object) => client.post('/api/v1/orders', body, { idempotencyKey: unique('KEY') });
    expect(refusal(await send({ items }))).toEqual([422, 'CURRENCY_MISMATCH']);
    expect(refusal(await send({ items: items.slice(0, 1), currency: 'EUR' }))).toEqual([
      422,
      'CURRENCY_MISMATCH',
    ]);
  });

  it('with a discount code that does not apply is 422, never silently without it', async () => {
    const [client, { productId }] = [await shopper(), await goods()];
    const body = { items: [{ productId, qty: 1 }], discountCodes: ['NOPE'] };
    const answer = await client.post('/api/v1/orders', body, { idempotencyKey: unique('KEY') });
    expect(refusal(answer)).toEqual([422, 'CODE_NOT_APPLICABLE']);
  });

  it('that nobody made is 404', async () => {
    const client = await shopper();
    expect(refusal(await client.get('/api/v1/orders/none'))).toEqual([404, 'ORDER_NOT_FOUND']);
  });
});

describe("a customer's orders", () => {
  it('come newest first, page by page, each once', async () => {
    const [client, product] = [await shopper(), await goods()];
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift((await order(client, product)).orderId);
    const list = (query: string) => client.get<Page>(`/api/v1/orders?customer=me&limit=2${query}`);
    await eventually(async () =>
      expect((await client.get<Page>('/api/v1/orders')).body.items.map(({ orderId }) => orderId)).toEqual(
        made,
      ),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Page = (await list(cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`)).body;
      seen.push(...page.items.map(({ orderId }) => orderId));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  it('hold the amounts and items of the order', async () => {
    const [client, product] = [await shopper(), await goods({ price: '3.10' })];
    const { orderId } = await order(client, product, 2);
    await eventually(async () =>
      expect((await client.get<Page>('/api/v1/orders')).body.items).toMatchObject([
        {
          orderId,
          totalAmount: '6.20',
          currency: 'USD',
          items: [{ productId: product.productId, qty: 2, price: '3.10' }],
        },
      ]),
    );
  });
});

describe('cancelling', () => {
  const cancel = (
    client: Awaited<ReturnType<typeof shopper>>,
    { orderId }: { orderId: string },
    body: object = {},
  ) => client.post<Order & Problem>(`/api/v1/orders/${orderId}/cancel`, body);

  it('the own PENDING order puts its stock back; again is fine; paying is over', async () => {
    const [client, product] = [await shopper(), await goods({ onHand: 4 })];
    const made = await order(client, product, 4);
    const canceled = await cancel(client, made, { reason: 'changed my mind' });
    expect([canceled.status, canceled.body.status]).toEqual([200, 'CANCELED']);
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 4, reserved: 0 }));
    expect((await cancel(client, made)).status).toBe(200);
    expect(refusal(await pay(client, made))).toEqual([409, 'ORDER_NOT_PAYABLE']);
  });

  it('a PAID order is not for its customer', async () => {
    const [client, product] = [await shopper(), await goods()];
    const answer = await cancel(client, await paidOrder(client, product));
    expect(refusal(answer)[0]).toBe(403);
  });

  it('a PAID order by an admin refunds it once and puts its stock back', async () => {
    const [client, boss, product] = [await shopper(), await admin(), await goods({ onHand: 6 })];
    const made = await paidOrder(client, product, 6);
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 0 }));
    const answer = await cancel(boss, made, { reason: 'out of print' });
    expect([200, 202]).toContain(answer.status);
    await becomes(client, made, 'CANCELED');
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 6, reserved: 0 }));
    const after = await client.get<{ refundedAmount: string; totalAmount: string }>(
      `/api/v1/orders/${made.orderId}`,
    );
    expect(after.body.refundedAmount).toBe(after.body.totalAmount);
  });

  it('a FULFILLED order is 409', async () => {
    const [client, boss, product] = [await shopper(), await admin(), await goods()];
    const made = await paidOrder(client, product);
    await boss.post(`/api/v1/orders/${made.orderId}/fulfill`, {});
    expect(refusal(await cancel(boss, made))).toEqual([409, 'ORDER_NOT_CANCELABLE']);
  });
});
