import { fileURLToPath } from 'node:url';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { openGraph } from '@tradewind/graphql/open-graph.fixture.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { counted } from '@tradewind/postgres/counted.fixture.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fulfillOrder } from '#fulfill-order/decide.ts';
import { order } from '#order/order.fixture.ts';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { placeOrder } from '#place-order/decide.ts';
import { laterLifeQueries } from '#read-later-life/queries.ts';
import { orderQueries } from '#read-orders/queries.ts';
import { requestRefund } from '#refund-order/decide.ts';
import { requestShipment } from '#ship-order/decide.ts';
import { type OrderStore, orderStore } from '#store.ts';
import { registerGraphql } from './subgraph.ts';

const context = { storeId: 'STORE-1', correlationId: 'test', causationId: null };

let database: TestDatabase;
let db: Database;
let graph: Awaited<ReturnType<typeof openGraph>>;
let watched: ReturnType<typeof counted>;
let ids: readonly string[];

/** An order that was paid, picked and sent, with a refund asked for. */
async function sent(orders: OrderStore): Promise<string> {
  const orderId = newId();
  const placing = { ...order, orderId, reservationId: orderId };
  await orders.handle(orderId, (state, { now }) => placeOrder(state, { ...placing, now }), {
    ...{ context, create: true },
  });
  const staff = { actor: 'ADMIN-1', items: undefined };
  const [shipmentId, refundId] = [newId(), newId()];
  const payment = { paymentId: `PAY-${orderId}`, transactionId: 'T' };
  for (const decide of [
    (state, { now }) => startPayment(state, payment.paymentId, now),
    (state, { now }) => markPaid(state, payment, now),
    (state, { now }) => fulfillOrder(state, { ...staff, now }),
    (state, { now }) => requestShipment(state, { ...staff, shipmentId, carrier: 'UPS', now }),
    (state, { now }) => requestRefund(state, { ...staff, refundId, reason: null, amount: 100n, now }),
  ] satisfies Parameters<OrderStore['handle']>[1][])
    await orders.handle(orderId, decide, { context });
  return orderId;
}

beforeAll(async () => {
  const dir = fileURLToPath(new URL('../../migrations', import.meta.url));
  database = await templateDatabase({ name: 'order', dir });
  db = openDatabase({ url: database.databaseUrl, name: 'order graph test' });
  const registry = createLocalRegistry();
  const decode = (value: Buffer) => registry.decode(value);
  const orders = orderStore(db, eventEncoder('order', registry), decode, () => undefined);
  ids = await Promise.all(Array.from({ length: 5 }, () => sent(orders)));
  watched = counted(db);
  const queries = orderQueries(watched.db, decode);
  const parts = { ...laterLifeQueries(watched.db), history: queries.history };
  graph = await openGraph('order', (app) => registerGraphql(app, { queries, parts, introspection: false }));
});
beforeEach(() => {
  Object.assign(watched.asked, { transactions: 0, statements: 0 });
});
afterAll(async () => {
  await graph.close();
  await db.close();
  await database.drop();
});

const ask = (selection: string, as = order.userId) =>
  graph.entities(
    'Order',
    ids.map((orderId) => ({ orderId })),
    selection,
    as,
  );

describe('five orders', () => {
  it('with their shipments are two statements', async () => {
    const shown = await ask('shipments { carrier status items { productId qty } tracking { status } }');
    const items = [
      { productId: 'P1', qty: 2 },
      { productId: 'P2', qty: 1 },
    ];
    const shipments = [{ carrier: 'UPS', status: 'REQUESTED', items, tracking: [] }];
    expect(shown).toEqual(ids.map(() => ({ shipments })));
    expect(watched.asked).toEqual({ transactions: 2, statements: 2 });
  });

  it('with everything that hangs on them are one statement for each kind', async () => {
    const shown = await ask(
      'orderId history { status } fulfillments { items { qty } } shipments { orderId } returns { status } refunds { orderId amount }',
    );
    const statuses = ['PENDING', 'PAYMENT_PENDING', 'PAID', 'FULFILLED'].map((status) => ({ status }));
    expect(shown).toEqual(
      ids.map((orderId) => ({
        ...{ orderId, history: statuses, returns: [], shipments: [{ orderId }] },
        fulfillments: [{ items: [{ qty: 2 }, { qty: 1 }] }],
        refunds: [{ orderId, amount: '1.00' }],
      })),
    );
    expect(watched.asked).toEqual({ transactions: 6, statements: 6 });
  });

  it("of somebody else's look like none at all", async () => {
    await expect(ask('shipments { carrier }', 'USER-1')).rejects.toThrow('ORDER_NOT_FOUND');
  });
});
