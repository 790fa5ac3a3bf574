import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { expect } from 'vitest';
import { sql } from '../e2e/database.fixture.ts';
import { type Order, type Product, stockPath } from '../e2e/shop.fixture.ts';
import { admin, as, merchant, unique, urlOf } from '../e2e/stack.fixture.ts';
import { type DeviceTraffic, deviceTraffic } from './devices.fixture.ts';
import { type Hooks, listen } from './hooks.fixture.ts';

/** Longer than a lease of a saga's timer and a restart. */
const WITHIN = { within: 60_000, every: 150 };

/** An order that went its way, and how it must have ended. */
export interface Journey {
  readonly orderId: string;
  readonly shopper: HttpClient;
  readonly status: 'PAID' | 'CANCELED' | 'RETURNED';
  /** Its payment was captured. */
  readonly captured: boolean;
  /** How often money went back. */
  readonly refunds: number;
}

export interface Traffic {
  /** Somebody who is told of all orders. */
  readonly hooks: Hooks;
  readonly product: Product;
  readonly journeys: Journey[];
  readonly devices: DeviceTraffic;
  /** One of everything, each to its end: orders and a cart paid, refunded and canceled, a product changed, a reservation lapsed. */
  wave(): Promise<void>;
}

export interface Weather {
  /** The gateway keeps payments in the dark for a while. */
  readonly slowPayments: boolean;
  /** Checkouts are left as by a process that died after it began them. */
  readonly checkoutsStrand: boolean;
  /** The gateway takes no refunds at first. */
  readonly refundsFail: boolean;
  /** Orders are sent, returned, and canceled with approval, too. */
  readonly laterLife: boolean;
}

interface Placed {
  readonly shopper: HttpClient;
  readonly orderId: string;
}

/** So many pieces cost more than one admin may give back. */
const MANY = 100;

/** Goods of a round's own. They are made before anything is armed. */
export async function traffic(weather: Weather): Promise<Traffic> {
  const { slowPayments, checkoutsStrand, refundsFail, laterLife } = weather;
  const staff = await merchant();
  const boss = await admin();
  const product = await make<Product>(staff, '/api/v1/products', {
    sku: unique('CRASH'),
    name: 'Crash goods',
    price: '12.50',
    currency: 'USD',
  });
  await persist(
    () => staff.put(stockPath(product), { productId: product.productId, onHand: 1_000 }),
    [200, 201],
  );
  const code = unique('CRASH');
  await make(staff, '/api/v1/discount-codes', { code, type: 'PERCENTAGE', value: 10 });
  const hooks = await listen();
  const journeys: Journey[] = [];
  const devices = await deviceTraffic();

  const pieces = (qty: number) => [{ productId: product.productId, qty }];

  async function placed(qty = 2): Promise<Placed> {
    const shopper = await reader(unique('USER'));
    const items = pieces(qty);
    const { orderId } = await make<Order>(shopper, '/api/v1/orders', { items, discountCodes: [code] });
    return { shopper, orderId };
  }

  const filled = async (shopper: HttpClient): Promise<string> => {
    const { cartId } = await make<{ cartId: string }>(shopper, '/api/v1/carts', {});
    const line = { productId: product.productId, qty: 2 };
    const idempotencyKey = unique('ADD');
    await persist(() => shopper.post(`/api/v1/carts/${cartId}/items`, line, { idempotencyKey }), [200]);
    return cartId;
  };

  async function checkedOut(): Promise<Placed> {
    const sub = unique('USER');
    const shopper = await reader(sub);
    const cartId = await filled(shopper);
    if (!checkoutsStrand) {
      const { orderId } = await make<Order>(shopper, `/api/v1/carts/${cartId}/checkout`, {});
      return { shopper, orderId };
    }
    await strand(cartId, { userId: sub, items: pieces(2) });
    return eventually(async () => {
      const { body } = await shopper.get<{ orderId?: string | null }>(`/api/v1/carts/${cartId}`);
      if (!body.orderId) throw new Error('the cart is not checked out');
      return { shopper, orderId: body.orderId };
    }, WITHIN);
  }

  async function paid(placing: () => Promise<Placed> = placed): Promise<Placed> {
    const { shopper, orderId } = await placing();
    const body = slowPayments ? { method: { token: 'tok_timeout_4s' } } : {};
    const key = unique('PAY');
    // 202: it settles by itself. 409: it has, and the answer was lost.
    const answer = await persist(
      () => shopper.post<{ code?: string }>(`/api/v1/orders/${orderId}/pay`, body, { idempotencyKey: key }),
      [200, 202, 409],
    );
    if (answer.status === 409) expect(answer.body.code).toBe('ORDER_NOT_PAYABLE');
    await becomes(shopper, orderId, 'PAID');
    return { shopper, orderId };
  }

  async function refunded(): Promise<void> {
    const { shopper, orderId } = await paid();
    if (refundsFail) await knobs({ both: { down: true } });
    await cancel(boss, orderId, [200, 202]);
    if (refundsFail) {
      await eventually(
        async () => {
          const answer = await fetch(`${urlOf('payment-adapter')}/health/live`).catch(() => undefined);
          expect(answer).toBeUndefined();
        },
        { within: 15_000, every: 20 },
      ).finally(() => knobs({}));
    }
    await becomes(shopper, orderId, 'CANCELED');
    journeys.push({ orderId, shopper, status: 'CANCELED', captured: true, refunds: 1 });
  }

  async function approved(): Promise<void> {
    const { shopper, orderId } = await paid(() => placed(MANY));
    await cancel(boss, orderId, [202]);
    const other = await as({ sub: 'ADMIN-2', roles: ['ADMIN'] });
    await command(other, `/api/v1/orders/${orderId}/cancel/approve`, {}, [200, 202]);
    await becomes(shopper, orderId, 'CANCELED');
    journeys.push({ orderId, shopper, status: 'CANCELED', captured: true, refunds: 1 });
  }

  async function returned(): Promise<void> {
    const { shopper, orderId } = await paid();
    const path = `/api/v1/orders/${orderId}`;
    await command(staff, `${path}/fulfill`, {}, [200]);
    await command(staff, `${path}/shipments`, { carrier: 'DHL' }, [201, 202]);
    await delivered(shopper, orderId);
    await command(staff, `${path}/refunds`, { amount: '5.00' }, [201, 202]);
    const { returnId } = await make<{ returnId: string }>(shopper, `${path}/returns`, { items: pieces(2) });
    await command(staff, `${path}/returns/${returnId}/approve`, {}, [200, 202]);
    await becomes(shopper, orderId, 'RETURNED');
    journeys.push({ orderId, shopper, status: 'RETURNED', captured: true, refunds: 2 });
  }

  async function canceled(): Promise<void> {
    const { shopper, orderId } = await placed();
    await cancel(shopper, orderId, [200]);
    journeys.push({ orderId, shopper, status: 'CANCELED', captured: false, refunds: 0 });
  }

  async function kept(placing?: () => Promise<Placed>): Promise<void> {
    const { shopper, orderId } = await paid(placing);
    journeys.push({ orderId, shopper, status: 'PAID', captured: true, refunds: 0 });
  }

  /** What happens in the shop besides orders. */
  async function housekeeping(): Promise<void> {
    const path = `/api/v1/products/${product.productId}`;
    await persist(() => staff.patch(path, { name: unique('Crash goods') }), [200]);
    await make(staff, `${stockPath(product)}/reserve`, { qty: 1, reservationId: unique('LAPSE') });
    await filled(await as({ sub: unique('USER') }));
    await sql('pricing', lostHold, [code.toUpperCase(), unique('LOST')]);
    // Each try names a time of its own: a sale that is over before it is heard of is refused.
    await persist(() => {
      const [startsAt, endsAt] = [300, 1_300].map((ms) => new Date(Date.now() + ms).toISOString());
      const productIds = [product.productId];
      return boss.post('/api/v1/flash-sales', { productIds, discountPercent: 5, startsAt, endsAt });
    }, [201]);
  }

  return {
    ...{ product, journeys, hooks, devices },
    async wave() {
      await Promise.all([
        refundsFail ? refunded() : Promise.all([kept(), kept(checkedOut), refunded(), canceled()]),
        housekeeping(),
        devices.wave(),
        ...(laterLife ? [approved(), returned()] : []),
      ]);
    },
  };
}

/** A shopper who gets mail. */
async function reader(sub: string): Promise<HttpClient> {
  const shopper = await as({ sub });
  const email = `${sub.toLowerCase()}@example.com`;
  await persist(() => shopper.put('/api/v1/notifications/preferences', { email }), [200]);
  return shopper;
}

/** As a process leaves a cart that dies after it has begun a checkout. */
async function strand(cartId: string, request: object): Promise<void> {
  const checkout = { attemptId: unique('TRY'), request, reply: null, correlationId: unique('TRY') };
  await sql(
    'cart',
    `update carts set status = 'CHECKING_OUT', version = version + 1, checkout = $2, checkout_due_at = now()
     where cart_id = $1`,
    [cartId, checkout],
  );
}

/** A use of a code that is held for an order which never came to be, and has lapsed. */
const lostHold = `
  with c as (
    update discount_codes set uses = uses + 1 where code = $1 returning store_id, discount_code_id)
  insert into discount_code_uses (store_id, discount_code_id, order_id, state, expires_at, held_at, updated_at)
  select store_id, discount_code_id, $2, 'HELD', now(), now(), now() from c`;

const cancel = (client: HttpClient, orderId: string, expected: readonly number[]): Promise<Answer> =>
  command(client, `/api/v1/orders/${orderId}/cancel`, {}, expected);

function command(
  client: HttpClient,
  path: string,
  body: object,
  expected: readonly number[],
): Promise<Answer> {
  const key = unique('COMMAND');
  return persist(() => client.post(path, body, { idempotencyKey: key }), expected);
}

async function make<T>(client: HttpClient, path: string, body: object): Promise<T> {
  const key = unique('KEY');
  const answer = await persist(() => client.post<T>(path, body, { idempotencyKey: key }), [201]);
  return answer.body;
}

/** As a client that gets no answer, or is told to come again. */
async function persist<T>(send: () => Promise<Answer<T>>, expected: readonly number[]): Promise<Answer<T>> {
  return eventually(async () => {
    const answer = await send();
    if (!expected.includes(answer.status)) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }, WITHIN);
}

async function becomes(client: HttpClient, orderId: string, status: string): Promise<void> {
  await eventually(async () => {
    const { body } = await client.get<Order>(`/api/v1/orders/${orderId}`);
    expect(body.status).toBe(status);
  }, WITHIN);
}

/** The order's only shipment is handed over at once, and the carrier tells so, or is asked. */
async function delivered(client: HttpClient, orderId: string): Promise<void> {
  const shipment = async () => {
    const { body } = await client.get<{ items: { status: string; trackingNumber: string | null }[] }>(
      `/api/v1/orders/${orderId}/shipments`,
    );
    expect(body.items).toHaveLength(1);
    return body.items[0];
  };
  const trackingNumber = await eventually(async () => {
    const number = (await shipment())?.trackingNumber;
    expect(number).toEqual(expect.any(String));
    return number;
  }, WITHIN);
  const response = await fetch(`${urlOf('carriers')}/_control/deliver`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier: 'dhl', trackingNumber }),
  });
  expect(response.status).toBe(200);
  await eventually(async () => expect((await shipment())?.status).toBe('DELIVERED'), WITHIN);
}

async function knobs(value: object): Promise<void> {
  const response = await fetch(`${urlOf('payment-gateway')}/knobs`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  expect(response.status).toBe(200);
}
