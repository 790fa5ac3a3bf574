import { eventually } from '@tradewind/testing/eventually.ts';
import { describe, expect, it } from 'vitest';
import { merchant, refusal, unique } from './stack.fixture.ts';
import { goods, order, shopper, stockOf, stockPath, tryOrder } from './shop.fixture.ts';

describe('at the same time', () => {
  it('a hundred orders on ten pieces: ten succeed', async () => {
    const product = await goods({ onHand: 11 });
    await order(await shopper(), product);
    const clients = await Promise.all(Array.from({ length: 10 }, () => shopper()));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => tryOrder(clients[i % 10]!, product)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(answers.length - refused.length).toBe(10);
    for (const one of refused) expect(refusal(one)).toEqual([409, 'INSUFFICIENT_STOCK']);
    expect(await stockOf(product)).toMatchObject({ onHand: 11, reserved: 11, available: 0 });
  });

  it('two products of one SKU: one is made', async () => {
    const [staff, sku] = [await merchant(), unique('RACE')];
    const body = { sku, name: 'race', price: '1.00', currency: 'USD' };
    const answers = await Promise.all(Array.from({ length: 20 }, () => staff.post('/api/v1/products', body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const one of answers.filter(({ status }) => status !== 201))
      expect(refusal(one)).toEqual([409, 'SKU_TAKEN']);
  });

  it('fifty adjustments: none is lost', async () => {
    const [staff, product] = [await merchant(), await goods({ onHand: 0 })];
    const add = () => staff.post(`${stockPath(product)}/adjust`, { delta: 1, reason: 'FOUND' });
    const answers = await Promise.all(Array.from({ length: 50 }, add));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(await stockOf(product)).toMatchObject({ onHand: 50 });
  });

  it('staff cannot take pieces from an order that is being paid', async () => {
    const [staff, client, product] = [await merchant(), await shopper(), await goods({ onHand: 1 })];
    const { orderId } = await order(client, product);
    const method = { token: 'tok_latency_800' };
    const paying = client.post(
      `/api/v1/orders/${orderId}/pay`,
      { method },
      { idempotencyKey: unique('KEY') },
    );
    const held = async () => client.get(`/api/v1/orders/${orderId}`);
    await eventually(async () => expect((await held()).body).toMatchObject({ status: 'PAYMENT_PENDING' }));
    const reservation = `/api/v1/reservations/${orderId}`;
    expect(refusal(await staff.delete(reservation))).toEqual([409, 'RESERVATION_IN_PAYMENT']);
    expect(refusal(await client.get(reservation))).toEqual([403, 'FORBIDDEN']);
    expect((await paying).status).toBe(200);
    await eventually(async () => expect(await stockOf(product)).toMatchObject({ onHand: 0, reserved: 0 }));
    expect(refusal(await staff.delete(reservation))).toEqual([409, 'RESERVATION_SOLD']);
  });

  it('orders over the same products in different order: no deadlock', async () => {
    const [a, b] = [await goods({ onHand: 100 }), await goods({ onHand: 100 })];
    const client = await shopper();
    await order(client, a);
    await order(client, b);
    const both = (first: typeof a, second: typeof a) => ({
      items: [first, second].map(({ productId }) => ({ productId, qty: 1 })),
    });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        client.post('/api/v1/orders', i % 2 === 0 ? both(a, b) : both(b, a), {
          idempotencyKey: unique('KEY'),
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 201));
    await eventually(async () => expect(await stockOf(a)).toMatchObject({ reserved: 41 }));
  });
});
