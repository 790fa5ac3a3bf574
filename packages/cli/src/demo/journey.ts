import { randomUUID } from 'node:crypto';
import type { EventType } from '@tradewind/contracts/event.ts';
import type { Answer, Api } from '#api.ts';
import type { EventWatch, SeenEvent } from './event-watch.ts';
import type { Tell } from './step.ts';
import { within } from './within.ts';

export interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly totalAmount: string;
  readonly currency: string;
  readonly version: number;
}

export interface Stock {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

export interface Cast {
  readonly merchant: Api;
  readonly admin: Api;
  readonly shopper: Api;
  /** Without a login. */
  readonly visitor: Api;
  /** Makes a carrier deliver now. */
  readonly hurry: (carrier: string, trackingNumber: string) => Promise<void>;
  readonly storeId: string;
  readonly tell: Tell;
  /** Without one, nothing is said of events. */
  readonly watch: EventWatch | undefined;
}

export interface Goods {
  readonly productId: string;
  readonly sku: string;
  readonly qty: number;
}

/** What the journey must have seen when it ends. */
export const MILESTONES = ['created', 'reserved', 'paid', 'confirmed', 'projected'] as const;
export type Milestone = (typeof MILESTONES)[number];

const order = (name: string) => `ecommerce.order.order.${name}.v1` as EventType;
const stockEvent = (name: string) => `ecommerce.inventory.stock.${name}.v1` as EventType;

/** The events, where they are watched. */
export async function seen(
  cast: Cast,
  wanted: readonly (readonly [EventType, string])[],
): Promise<SeenEvent[]> {
  const { watch } = cast;
  return watch === undefined ? [] : Promise.all(wanted.map(([type, key]) => watch.seen(type, key)));
}

/** One shopper buys: order, the same order again, payment, stock, list, history. Throws where a step is not seen in time. */
export async function buy(cast: Cast, goods: Goods): Promise<Set<Milestone>> {
  const { merchant, shopper, storeId, tell } = cast;
  const { productId, sku, qty } = goods;
  const stockPath = `/stores/${storeId}/inventory/${sku}`;
  const stock = () => merchant.get<Stock>(stockPath);
  const levels = ({ onHand, reserved, available }: Stock): string =>
    `${onHand} on hand, ${reserved} reserved, ${available} for sale`;
  const reached = new Set<Milestone>();

  const body = { items: [{ productId, qty }] };
  const idempotencyKey = randomUUID();
  const placed = await place(shopper, body, idempotencyKey);
  const { orderId, totalAmount, currency } = placed.body;
  reached.add('created');
  tell({
    ...{
      title: 'The shopper orders',
      request: `POST /api/v1/orders  Idempotency-Key: ${idempotencyKey}`,
      body,
    },
    ...{
      answer: `201 ${placed.body.status}, order ${orderId}, ${totalAmount} ${currency}`,
      ms: placed.ms,
      at: placed.at,
    },
    events: await seen(cast, [
      [stockEvent('reserved'), productId],
      [order('created'), orderId],
    ]),
    meaning:
      'the stock was reserved over gRPC before the order was stored; order, event and reply share a transaction',
  });

  const at = Date.now();
  const again = await shopper.send<Order>('POST', '/orders', body, { expected: [201], idempotencyKey });
  const replayed = again.headers.get('idempotent-replayed');
  if (again.body.orderId !== orderId || replayed !== 'true')
    throw new Error('the repeated order was not replayed');
  tell({
    ...{
      title: 'The reply got lost: the shopper sends the same again',
      request: 'POST /api/v1/orders  same key',
      ms: again.ms,
      at,
    },
    ...{ answer: `201, order ${again.body.orderId}, Idempotent-Replayed: ${replayed}`, events: [] },
    meaning: 'one order, not two',
  });

  const held = await stock();
  const state = await reservationState(merchant, orderId);
  if (state !== 'HELD') throw new Error(`the reservation of order ${orderId} is ${state}`);
  reached.add('reserved');
  tell({
    ...{ title: 'The stock shows it', request: `GET /api/v1${stockPath}`, ms: held.ms, at: Date.now() },
    ...{ answer: `200 ${levels(held.body)}`, events: [] },
  });

  const payAt = Date.now();
  const payment = { method: { token: 'tok_visa' } };
  const paid = await shopper.send<Order>('POST', `/orders/${orderId}/pay`, payment, { expected: [200, 202] });
  await within(`order ${orderId} PAID`, async () => {
    const { body: now } = await shopper.get<Order>(`/orders/${orderId}`);
    return now.status === 'PAID' ? now : undefined;
  });
  reached.add('paid');
  tell({
    ...{
      title: 'The shopper pays',
      request: `POST /api/v1/orders/${orderId}/pay`,
      body: payment,
      ms: paid.ms,
      at: payAt,
    },
    answer: `${paid.status} ${paid.body.status}`,
    events: await seen(cast, [
      [order('payment_pending'), orderId],
      ['ecommerce.payment.payment.captured.v1', orderId],
      [order('paid'), orderId],
    ]),
    meaning: 'the payment gateway was asked over SOAP, once',
  });

  const sold = await within(`${qty} of ${sku} leave the stock`, async () =>
    (await reservationState(merchant, orderId)) === 'COMMITTED' ? stock() : undefined,
  );
  reached.add('confirmed');
  tell({
    ...{
      title: 'Inventory hears of it and lets the pieces go',
      request: `GET /api/v1${stockPath}`,
      ms: sold.ms,
      at: payAt,
    },
    ...{
      answer: `200 ${levels(sold.body)}`,
      events: await seen(cast, [[stockEvent('confirmed'), productId]]),
    },
    meaning: 'nobody called inventory: it consumed order.paid',
  });

  const listed = await within(`order ${orderId} PAID in the list`, async () => {
    const page = await shopper.get<{ items: Order[] }>('/orders?customer=me&limit=100');
    const found = page.body.items.find((one) => one.orderId === orderId);
    return found?.status === 'PAID' ? { ...page, found } : undefined;
  });
  reached.add('projected');
  tell({
    ...{
      title: "The shopper's own list has it",
      request: 'GET /api/v1/orders?customer=me',
      ms: listed.ms,
      at: payAt,
    },
    ...{ answer: `200 ${listed.found.status}, version ${listed.found.version}`, events: [] },
    meaning:
      'the list is a projection, built from the same events; ./tw replay orders_by_customer builds it anew',
  });

  const history = await shopper.get<{ items: { status: string }[] }>(`/orders/${orderId}/history`);
  tell({
    ...{
      title: 'What happened to the order',
      request: `GET /api/v1/orders/${orderId}/history`,
      ms: history.ms,
      at: payAt,
    },
    ...{ answer: `200 ${history.body.items.map(({ status }) => status).join(' → ')}`, events: [] },
  });
  return reached;
}

/** Other orders change the same stock meanwhile: the order's own reservation says what became of its pieces. */
async function reservationState(merchant: Api, orderId: string): Promise<string> {
  return (await merchant.get<{ state: string }>(`/reservations/${orderId}`)).body.state;
}

/** A product that was added a moment ago may not have a price with the order service yet. */
async function place(
  shopper: Api,
  body: object,
  idempotencyKey: string,
): Promise<Answer<Order> & { at: number }> {
  return within('an order for the product', async () => {
    const at = Date.now();
    const answer = await shopper.send<Order>('POST', '/orders', body, {
      expected: [201, 422, 503],
      idempotencyKey,
    });
    return answer.status === 201 ? { ...answer, at } : undefined;
  });
}
