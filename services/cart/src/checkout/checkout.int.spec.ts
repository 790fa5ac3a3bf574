import { DomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import type { HttpClient } from '@tradewind/testing/http.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abandonSweep } from '#abandon-carts/sweep.ts';
import { log, openCarts } from '#carts.fixture.ts';
import type { CartView } from '#cart/view.ts';
import { checkoutTimers } from './timers.ts';

interface Body {
  readonly code?: string;
  readonly orderId?: string | null;
  readonly [field: string]: unknown;
}

let carts: Awaited<ReturnType<typeof openCarts>>;
let customer: HttpClient;

beforeAll(async () => {
  carts = await openCarts();
  customer = await carts.client({ sub: 'USER-9' });
});
afterAll(() => carts.close());

async function full(): Promise<string> {
  const { body } = await customer.post<CartView>('/api/v1/carts');
  await customer.post(`/api/v1/carts/${body.cartId}/items`, { productId: 'P1', qty: 2 });
  return body.cartId;
}
const checkOut = (cartId: string, idempotencyKey?: string, client = customer) =>
  client.post<Body>(`/api/v1/carts/${cartId}/checkout`, {}, idempotencyKey ? { idempotencyKey } : {});
const read = async (cartId: string) => (await customer.get<CartView>(`/api/v1/carts/${cartId}`)).body;
const eventsOf = (cartId: string) =>
  carts.rows<{ type: string; version: number }>(
    'select event_type as type, aggregate_version as version from outbox where partition_key = $1 order by id',
    [cartId],
  );
const deps = () => ({
  store: carts.two.store,
  orders: carts.others.orders,
  metrics: { settled: () => undefined },
});

describe('checkout', () => {
  it('makes one order, closes the cart and tells of it', async () => {
    const cartId = await full();
    const address = { line1: '1 Harbour Street' };
    await customer.put(`/api/v1/carts/${cartId}/shipping`, { address });
    const key = newId();
    const made = await checkOut(cartId, key);
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe(`/api/v1/orders/${made.body.orderId}`);
    expect(carts.others.placed.at(-1)?.request).toEqual({
      ...{ userId: 'USER-9', items: [{ productId: 'P1', qty: 2 }], shippingAddress: address },
    });
    const again = await checkOut(cartId, key);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([
      201,
      'true',
      made.body,
    ]);
    const second = await checkOut(cartId, newId());
    expect([second.status, second.body.code, second.body.orderId]).toEqual([
      ...[409, 'CART_CHECKED_OUT', made.body.orderId],
    ]);
    expect(await read(cartId)).toMatchObject({
      status: 'CHECKED_OUT',
      orderId: made.body.orderId,
      totalAmount: '5.00',
    });
    expect(await eventsOf(cartId)).toEqual([{ type: 'ecommerce.cart.cart.checked_out.v1', version: 1 }]);
  });

  it('clicked many times at once is one order', async () => {
    const cartId = await full();
    const other = await carts.client({ sub: 'USER-9', at: carts.two });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => checkOut(cartId, newId(), n % 2 ? customer : other)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201).map(({ body }) => body.code);
    expect(new Set(refused)).toEqual(new Set(['CART_CHECKED_OUT']));
    expect(await eventsOf(cartId)).toHaveLength(1);
  });

  it('asks for the order once, for all who wait for it in a process', async () => {
    const cartId = await full();
    const asked = () => carts.others.placed.filter((one) => one.cartId === cartId);
    carts.others.nextOrder = async () => {
      await eventually(async () => expect((await read(cartId)).version).toBe(10));
      return carts.others.orders.place(cartId, asked()[0]!.request);
    };
    const answers = await Promise.all(Array.from({ length: 8 }, () => checkOut(cartId, newId())));
    expect(answers.map(({ body }) => body.code ?? 'made').sort()).toEqual([
      ...Array.from({ length: 7 }, () => 'CART_CHECKED_OUT'),
      'made',
    ]);
    // By the client, and by the order service of this test.
    expect(asked()).toHaveLength(2);
  });

  it('that is refused passes the refusal on and leaves the cart open', async () => {
    const cartId = await full();
    const lines = [{ productId: 'P1', requested: 2, available: 1 }];
    const refusal = new DomainError('INSUFFICIENT_STOCK', 'conflict', 'too little', { details: { lines } });
    carts.others.nextOrder = { kind: 'refused', refusal };
    const refused = await checkOut(cartId, newId());
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'INSUFFICIENT_STOCK', lines }]);
    expect((await read(cartId)).status).toBe('OPEN');
    expect((await checkOut(cartId)).status).toBe(201);
  });

  it('needs a login and something in the cart', async () => {
    const anonymous = await carts.client({});
    const { body } = await anonymous.post<CartView & { cartToken: string }>('/api/v1/carts');
    const headers = { 'cart-token': body.cartToken };
    const path = `/api/v1/carts/${body.cartId}/checkout`;
    expect((await anonymous.post(path, {}, { headers })).status).toBe(401);
    expect((await customer.post<Body>(path, {}, { headers })).body.code).toBe('CART_EMPTY');
  });
});

describe('a checkout of which nobody knows how it ended', () => {
  const timers = () => checkoutTimers(deps(), { systemDb: carts.systemDb, leaseMs: 5_000, log });
  const due = (cartId: string) =>
    carts.rows('update carts set checkout_due_at = now() where cart_id = $1', [cartId]);

  it('is settled by the timer, and its own key then answers the order', async () => {
    const cartId = await full();
    const key = newId();
    carts.others.nextOrder = { kind: 'unknown', reason: 'test' };
    expect((await checkOut(cartId, key)).body.code).toBe('CHECKOUT_UNSETTLED');
    const stuck = await customer.post<Body>(`/api/v1/carts/${cartId}/items`, { productId: 'P2', qty: 1 });
    expect(stuck.body.code).toBe('CART_CHECKING_OUT');
    await due(cartId);
    const timer = timers();
    await timer.start?.();
    await eventually(async () => expect((await read(cartId)).status).toBe('CHECKED_OUT'));
    await timer.stop?.();
    const again = await checkOut(cartId, key);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body.orderId).toBe((await read(cartId)).orderId);
  });

  it('is opened again by the timer when the order is refused, not by who asks in between', async () => {
    const cartId = await full();
    const refusal = new DomainError('INSUFFICIENT_STOCK', 'conflict', 'too little');
    carts.others.nextOrder = { kind: 'unknown', reason: 'test' };
    await checkOut(cartId, newId());
    carts.others.nextOrder = { kind: 'refused', refusal };
    expect((await checkOut(cartId, newId())).body.code).toBe('INSUFFICIENT_STOCK');
    expect((await read(cartId)).status).toBe('CHECKING_OUT');
    carts.others.nextOrder = { kind: 'refused', refusal };
    await due(cartId);
    const timer = timers();
    await timer.start?.();
    await eventually(async () => expect((await read(cartId)).status).toBe('OPEN'));
    await timer.stop?.();
  });

  it('is answered by a repeat with the key that began it', async () => {
    const cartId = await full();
    const key = newId();
    carts.others.nextOrder = { kind: 'unknown', reason: 'test' };
    await checkOut(cartId, key);
    expect((await checkOut(cartId, key)).status).toBe(201);
    expect((await checkOut(cartId, newId())).body.code).toBe('CART_CHECKED_OUT');
  });
});

describe('a cart that was left', () => {
  it('is told of once by all processes, and open again after a change', async () => {
    const cartId = await full();
    const empty = (await customer.post<CartView>('/api/v1/carts')).body.cartId;
    await carts.rows(`update carts set updated_at = now() - interval '1 hour' where cart_id = any($1)`, [
      [cartId, empty],
    ]);
    const options = {
      systemDb: carts.systemDb,
      metrics: { abandoned: () => undefined },
      idleMs: 1_800_000,
      log,
    };
    const sweeps = [carts.one, carts.two].map(({ store }) => abandonSweep({ ...options, store }));
    await Promise.all(sweeps.map((sweep) => sweep.start?.()));
    await eventually(async () => expect((await read(cartId)).status).toBe('ABANDONED'));
    expect(
      (await customer.post<CartView>(`/api/v1/carts/${cartId}/items`, { productId: 'P2', qty: 1 })).body,
    ).toMatchObject({ status: 'OPEN' });
    await Promise.all(sweeps.map((sweep) => sweep.stop?.()));
    expect(await eventsOf(cartId)).toEqual([{ type: 'ecommerce.cart.cart.abandoned.v1', version: 1 }]);
    expect((await read(empty)).status).toBe('OPEN');
  });
});
