import { eventually } from '@tradewind/testing/eventually.ts';
import type { Answer, HttpClient } from '@tradewind/testing/http.ts';
import { expect } from 'vitest';
import { sql } from '../e2e/database.fixture.ts';
import { type Order, type Product, stockPath } from '../e2e/shop.fixture.ts';
import { admin, as, merchant, unique, urlOf } from '../e2e/stack.fixture.ts';

/** Longer than a lease of a saga's timer and a restart. */
const WITHIN = { within: 60_000, every: 150 };

/** An order that went its way, and how it must have ended. */
export interface Journey {
  readonly orderId: string;
  readonly shopper: HttpClient;
  readonly status: 'PAID' | 'CANCELED';
  /** Its payment was captured. */
  readonly captured: boolean;
}

export interface Traffic {
  readonly product: Product;
  readonly journeys: Journey[];
  /** One of everything, each to its end: orders paid, refunded and canceled, a product changed, a reservation lapsed. */
  wave(): Promise<void>;
}

export interface Weather {
  /** The gateway keeps payments in the dark for a while. */
  readonly slowPayments: boolean;
  /** The gateway takes no refunds at first. */
  readonly refundsFail: boolean;
}

/** Goods of a round's own. They are made before anything is armed. */
export async function traffic({ slowPayments, refundsFail }: Weather): Promise<Traffic> {
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
  const journeys: Journey[] = [];

  async function placed(): Promise<{ shopper: HttpClient; orderId: string }> {
    const shopper = await as({ sub: unique('USER') });
    const items = [{ productId: product.productId, qty: 2 }];
    const { orderId } = await make<Order>(shopper, '/api/v1/orders', { items, discountCodes: [code] });
    return { shopper, orderId };
  }

  async function paid(): Promise<{ shopper: HttpClient; orderId: string }> {
    const { shopper, orderId } = await placed();
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
    journeys.push({ orderId, shopper, status: 'CANCELED', captured: true });
  }

  async function canceled(): Promise<void> {
    const { shopper, orderId } = await placed();
    await cancel(shopper, orderId, [200]);
    journeys.push({ orderId, shopper, status: 'CANCELED', captured: false });
  }

  async function kept(): Promise<void> {
    const { shopper, orderId } = await paid();
    journeys.push({ orderId, shopper, status: 'PAID', captured: true });
  }

  /** What happens in the shop besides orders. */
  async function housekeeping(): Promise<void> {
    const path = `/api/v1/products/${product.productId}`;
    await persist(() => staff.patch(path, { name: unique('Crash goods') }), [200]);
    await make(staff, `${stockPath(product)}/reserve`, { qty: 1, reservationId: unique('LAPSE') });
    await sql('pricing', lostHold, [code.toUpperCase(), unique('LOST')]);
    const [startsAt, endsAt] = [300, 1_300].map((ms) => new Date(Date.now() + ms).toISOString());
    const productIds = [product.productId];
    await make(boss, '/api/v1/flash-sales', { productIds, discountPercent: 5, startsAt, endsAt });
  }

  return {
    product,
    journeys,
    async wave() {
      await Promise.all([
        refundsFail ? refunded() : Promise.all([kept(), refunded(), canceled()]),
        housekeeping(),
      ]);
    },
  };
}

/** A use of a code that is held for an order which never came to be, and has lapsed. */
const lostHold = `
  with c as (
    update discount_codes set uses = uses + 1 where code = $1 returning store_id, discount_code_id)
  insert into discount_code_uses (store_id, discount_code_id, order_id, state, expires_at, held_at, updated_at)
  select store_id, discount_code_id, $2, 'HELD', now(), now(), now() from c`;

const cancel = (client: HttpClient, orderId: string, expected: readonly number[]): Promise<Answer> => {
  const key = unique('CANCEL');
  return persist(
    () => client.post(`/api/v1/orders/${orderId}/cancel`, {}, { idempotencyKey: key }),
    expected,
  );
};

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

async function knobs(value: object): Promise<void> {
  const response = await fetch(`${urlOf('payment-gateway')}/knobs`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  expect(response.status).toBe(200);
}
