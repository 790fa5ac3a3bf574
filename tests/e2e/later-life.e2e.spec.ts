import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { sql } from './database.fixture.ts';
import { becomes, goods, type Order, paidOrder, shopper, stockOf } from './shop.fixture.ts';
import { admin, as, merchant, refusal, unique, urlOf } from './stack.fixture.ts';

interface Part {
  readonly returnId: string;
  readonly refundId: string;
  readonly status: string;
  readonly amount: string;
}

const other = () => as({ sub: 'ADMIN-2', roles: ['ADMIN'] });
const path = ({ orderId }: { readonly orderId: string }, rest: string) => `/api/v1/orders/${orderId}/${rest}`;

/** What the gateway's own book says of an order. */
async function book({ orderId }: { readonly orderId: string }) {
  const response = await fetch(`${urlOf('payment-gateway')}/book?orderId=${orderId}`);
  const { totals } = (await response.json()) as {
    totals: { captured: string; refunded: string; refunds: number }[];
  };
  return totals[0];
}

describe('an order of three pieces', () => {
  it('is picked in parts, and comes back in parts', async () => {
    const [product, client, staff] = [
      await goods({ onHand: 5, price: '10.01' }),
      await shopper(),
      await merchant(),
    ];
    const made = await paidOrder(client, product, 3);
    const pieces = (qty: number) => ({ items: [{ productId: product.productId, qty }] });

    const first = await staff.post<Order>(path(made, 'fulfill'), pieces(1));
    expect([first.status, first.body.status]).toEqual([200, 'PAID']);
    expect(refusal(await staff.post(path(made, 'fulfill'), pieces(3)))).toEqual([422, 'NOT_TO_PICK']);
    const rest = await staff.post<Order>(path(made, 'fulfill'), {});
    expect([rest.status, rest.body.status]).toEqual([200, 'FULFILLED']);
    const picked = await client.get<{ items: { items: unknown }[] }>(path(made, 'fulfillments'));
    expect(picked.body.items.map(({ items }) => items)).toEqual([pieces(1).items, pieces(2).items]);

    const asked = await client.post<Part>(path(made, 'returns'), { ...pieces(1), reason: 'too small' });
    expect([asked.status, asked.body.status]).toEqual([201, 'REQUESTED']);
    expect(refusal(await client.post(path(made, 'returns'), pieces(3)))).toEqual([422, 'NOT_TO_RETURN']);
    const approve = path(made, `returns/${asked.body.returnId}/approve`);
    expect(refusal(await client.post(approve, {}))).toEqual([403, 'FORBIDDEN']);
    expect([200, 202]).toContain((await staff.post(approve, {})).status);
    await eventually(async () => {
      const { body } = await client.get<{ items: Part[] }>(path(made, 'returns'));
      expect(body.items).toMatchObject([{ status: 'RETURNED', refundAmount: '10.01' }]);
    });
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 3 }));

    const last = await client.post<Part>(path(made, 'returns'), pieces(2));
    await staff.post(path(made, `returns/${last.body.returnId}/approve`), {});
    expect(await becomes(client, made, 'RETURNED')).toMatchObject({ refundedAmount: '30.03' });
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 5, reserved: 0 }));
    expect(await book(made)).toMatchObject({ captured: '30.03', refunded: '30.03', refunds: 2 });
  });
});

describe('refunds', () => {
  it('never pay back more than was captured, however many are asked for at once', async () => {
    const [product, client, staff] = [await goods({ price: '10.00' }), await shopper(), await merchant()];
    const made = await paidOrder(client, product);
    const refunds = path(made, 'refunds');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => staff.post<Part>(refunds, { amount: '4.00' })),
    );
    expect(answers.filter(({ status }) => status === 201 || status === 202)).toHaveLength(2);
    for (const answer of answers.filter(({ status }) => status > 299))
      expect(refusal(answer)).toEqual([409, 'REFUND_EXCEEDS_CAPTURE']);
    const key = { idempotencyKey: unique('REFUND') };
    const rest = await staff.post<Part>(refunds, {}, key);
    expect(rest.body).toMatchObject({ amount: '2.00' });
    expect((await staff.post<Part>(refunds, {}, key)).body.refundId).toBe(rest.body.refundId);
    await eventually(async () => expect(await book(made)).toMatchObject({ refunded: '10.00', refunds: 3 }));
    const shown = await client.get<{ items: Part[] }>(refunds);
    expect(shown.body.items.map(({ status }) => status)).toEqual(['REFUNDED', 'REFUNDED', 'REFUNDED']);
    expect(refusal(await client.post(refunds, {}))).toEqual([403, 'FORBIDDEN']);
  });
});

describe('canceling what was paid', () => {
  it('pays back at once, and the stock is for sale again', async () => {
    const [product, client, staff] = [await goods({ onHand: 4 }), await shopper(), await admin()];
    const made = await paidOrder(client, product, 2);
    expect((await staff.post(path(made, 'refunds'), { amount: '5.00' })).status).toBe(201);
    const answer = await staff.post<Order>(path(made, 'cancel'), {});
    expect([200, 202]).toContain(answer.status);
    await becomes(client, made, 'CANCELED');
    expect(await book(made)).toMatchObject({ captured: '25.00', refunded: '25.00', refunds: 2 });
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 4, reserved: 0 }));
  });

  it('for much money needs a second admin', async () => {
    const [product, client, staff] = [await goods({ price: '1000.01' }), await shopper(), await admin()];
    const made = await paidOrder(client, product);
    const asked = await staff.post<Order>(path(made, 'cancel'), { reason: 'fraud' });
    expect([asked.status, asked.body]).toMatchObject([
      202,
      { status: 'PAID', cancellation: 'AWAITING_APPROVAL' },
    ]);
    expect(refusal(await staff.post(path(made, 'cancel/approve'), {}))).toEqual([403, 'SELF_APPROVAL']);
    expect(refusal(await staff.post(path(made, 'fulfill'), {}))).toEqual([409, 'CANCELLATION_PENDING']);
    const [row] = await sql<{ open: boolean }>(
      'order',
      'select open from saga_instances where saga_id = $1',
      [made.orderId],
    );
    expect(row?.open).toBe(false);
    const approved = await (await other()).post<Order>(path(made, 'cancel/approve'), {});
    expect([200, 202]).toContain(approved.status);
    await becomes(client, made, 'CANCELED');
    expect(await book(made)).toMatchObject({ captured: '1000.01', refunded: '1000.01', refunds: 1 });
  });

  it('may be rejected', async () => {
    const [product, client, staff] = [await goods({ price: '2000.00' }), await shopper(), await admin()];
    const made = await paidOrder(client, product);
    await staff.post(path(made, 'cancel'), {});
    const rejected = await (
      await other()
    ).post<Order>(path(made, 'cancel/reject'), { reason: 'sent already' });
    expect([rejected.status, rejected.body]).toMatchObject([200, { status: 'PAID', cancellation: null }]);
    expect(refusal(await (await other()).post(path(made, 'cancel/approve'), {}))).toEqual([
      409,
      'CANCELLATION_NOT_REQUESTED',
    ]);
  });
});

it("somebody else's later life looks like none at all", async () => {
  const [product, client, stranger] = [await goods(), await shopper(), await shopper()];
  const made = await paidOrder(client, product);
  const items = [{ productId: product.productId, qty: 1 }];
  expect(refusal(await stranger.post(path(made, 'returns'), { items }))).toEqual([404, 'ORDER_NOT_FOUND']);
  for (const part of ['fulfillments', 'shipments', 'returns', 'refunds'])
    expect(refusal(await stranger.get(path(made, part)))).toEqual([404, 'ORDER_NOT_FOUND']);
});
