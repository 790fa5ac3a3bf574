import { describe, expect, it } from 'vitest';
import { as, merchant, refusal, unique } from './stack.fixture.ts';
import { goods, order, type Order, pay, shopper, stockOf, tryOrder } from './shop.fixture.ts';

describe('an Idempotency-Key', () => {
  it('is required to order and to pay', async () => {
    const client = await shopper();
    const items = [{ productId: 'p', qty: 1 }];
    const made = await order(client, await goods());
    const answers = [
      await client.post('/api/v1/orders', { items }),
      await client.post(`/api/v1/orders/${made.orderId}/pay`, {}),
    ];
    expect(answers.map(refusal)).toEqual([
      [400, 'IDEMPOTENCY_KEY_REQUIRED'],
      [400, 'IDEMPOTENCY_KEY_REQUIRED'],
    ]);
  });

  it('of 255 visible characters passes; an empty, a longer or a spaced one does not', async () => {
    const [client, product] = [await shopper(), await goods()];
    await order(client, product);
    expect((await tryOrder(client, product, { key: unique('k').padEnd(255, '~') })).status).toBe(201);
    for (const key of ['', 'x'.repeat(256), 'two words']) {
      expect(refusal(await tryOrder(client, product, { key }))[0], key).toBe(400);
    }
  });

  it('gives the stored reply again, and takes nothing more from the stock', async () => {
    const [client, product, key] = [await shopper(), await goods(), unique('KEY')];
    await order(client, product);
    const first = await tryOrder(client, product, { key, qty: 2 });
    const again = await tryOrder(client, product, { key, qty: 2 });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(await stockOf(product)).toMatchObject({ reserved: 3 });
  });

  it('with another payload is 409 IDEMPOTENCY_KEY_REUSED', async () => {
    const [client, product, key] = [await shopper(), await goods(), unique('KEY')];
    await order(client, product);
    await tryOrder(client, product, { key });
    expect(refusal(await tryOrder(client, product, { key, qty: 2 }))).toEqual([
      409,
      'IDEMPOTENCY_KEY_REUSED',
    ]);
  });

  it('while the first request runs is 409 with Retry-After, and there is one order in the end', async () => {
    const [client, product, key] = [await shopper(), await goods({ onHand: 50 }), unique('KEY')];
    await order(client, product);
    const answers = await Promise.all(Array.from({ length: 20 }, () => tryOrder(client, product, { key })));
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.orderId));
    expect(ids.size).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(refusal(answer)).toEqual([409, 'IDEMPOTENCY_IN_FLIGHT']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await stockOf(product)).toMatchObject({ reserved: 2 });
  });

  it('belongs to one principal, tenant and route', async () => {
    const [product, key] = [await goods(), unique('KEY')];
    const [one, two] = [await shopper(), await shopper()];
    await order(one, product);
    const [first, second] = [await tryOrder(one, product, { key }), await tryOrder(two, product, { key })];
    expect(first.body.orderId).not.toBe(second.body.orderId);
    expect((await pay(one, first.body, undefined, key)).status).toBe(200);
  });

  it('of a failed validation stores nothing', async () => {
    const [client, product, key] = [await shopper(), await goods(), unique('KEY')];
    await order(client, product);
    expect(refusal(await client.post('/api/v1/orders', { items: [] }, { idempotencyKey: key }))[0]).toBe(400);
    expect((await tryOrder(client, product, { key })).status).toBe(201);
  });

  it('is honoured where it is optional', async () => {
    const [staff, key] = [await merchant(), unique('KEY')];
    const body = { sku: unique('E2E'), name: 'x', price: '1.00', currency: 'USD' };
    const first = await staff.post<{ productId: string }>('/api/v1/products', body, { idempotencyKey: key });
    const again = await staff.post<{ productId: string }>('/api/v1/products', body, { idempotencyKey: key });
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      201,
      201,
      'true',
    ]);
    expect(again.body.productId).toBe(first.body.productId);
  });

  it('repeats a payment without charging again', async () => {
    const [client, product, key] = [await shopper(), await goods(), unique('PAY')];
    const made = await order(client, product);
    const first = await pay(client, made, undefined, key);
    const again = await pay(client, made, undefined, key);
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([
      200,
      200,
      'true',
    ]);
    expect((again.body as Order).orderId).toBe(made.orderId);
  });

  it('protects a cancellation too', async () => {
    const user = await as({ sub: unique('USER') });
    const made = await order(user, await goods());
    const send = () =>
      user.post<Order>(`/api/v1/orders/${made.orderId}/cancel`, {}, { idempotencyKey: 'cancel-it' });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
  });
});
