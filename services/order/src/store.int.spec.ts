import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { openDatabase, type Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { templateDatabase, type TestDatabase } from '@tradewind/testing/template-database.ts';
import { cancelOrder } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { viewOf } from '#order/view.ts';
import { placeOrder } from '#place-order/decide.ts';
import { orderQueries } from '#read-orders/queries.ts';
import { type OrderStore, orderStore } from './store.ts';

const context = { storeId: 'STORE-1', correlationId: 'test', causationId: null };
const admin = { actor: 'ADMIN', reason: null, mayCancel: () => true, needsApproval: () => false };

let test: TestDatabase;
let db: Database;
let orders: OrderStore;

beforeAll(async () => {
  test = await templateDatabase({
    name: 'order',
    dir: fileURLToPath(new URL('../migrations/', import.meta.url)),
  });
  db = openDatabase({ url: test.databaseUrl, name: 'order test' });
  orders = openStore();
});
afterAll(async () => {
  await db.close();
  await test.drop();
});

function openStore(): OrderStore {
  const registry = createLocalRegistry();
  return orderStore(
    db,
    eventEncoder('order', registry),
    (value) => registry.decode(value),
    () => undefined,
  );
}

const line = { ...{ productId: 'P1', sku: 'SKU-1', qty: 1 }, listPrice: 1n, price: 1n, total: 1n, rules: [] };
const pricing = { discount: 0n, codes: [], rules: [] };

async function place(store = orders, payWithinMs = 60_000): Promise<string> {
  const orderId = newId();
  await store.handle(
    orderId,
    (order, { now }) =>
      placeOrder(order, {
        orderId,
        userId: 'U1',
        currency: 'USD',
        lines: [{ ...line, qty: 2, listPrice: 2_500n, price: 2_500n, total: 5_000n }],
        pricing,
        reservationId: orderId,
        now,
        payWithinMs,
      }),
    { context, create: true },
  );
  return orderId;
}

const rows = <Row extends object>(text: string, values: unknown[] = []) =>
  db.transaction('STORE-1', (tx) => tx.execute<Row>(text, values));

describe('the order store', () => {
  it('writes stream, rows, history, saga and outbox together', async () => {
    const orderId = await place();
    const counts = await rows(
      `select (select count(*)::int from order_events where order_id = $1) as events,
         (select count(*)::int from order_items where order_id = $1) as items,
         (select count(*)::int from outbox where partition_key = $1) as outbox,
         (select array_agg(status) from order_status_history where order_id = $1) as history,
         (select step from saga_instances where saga_id = $1) as saga,
         (select kind from saga_timers where saga_id = $1) as timer`,
      [orderId],
    );
    expect(counts).toEqual([
      { events: 1, items: 1, outbox: 1, history: ['PENDING'], saga: 'awaiting-payment', timer: 'expire' },
    ]);
  });

  it('lets pay, cancel and expire race: one wins, and the order ends once', async () => {
    const stores = [openStore(), openStore(), openStore()] as const;
    const ids = await Promise.all(Array.from({ length: 40 }, () => place(orders, 1)));
    await Promise.all(
      ids.flatMap((orderId) =>
        [
          stores[0].handle(orderId, (order) => startPayment(order, 'PAY', new Date(0)), { context }),
          stores[1].handle(orderId, (order, { now }) => cancelOrder(order, { ...admin, now }), { context }),
          stores[2].handle(orderId, (order, { now }) => expireOrder(order, new Date(now.getTime() + 1_000)), {
            context,
          }),
        ].map((racing) => racing.catch((error: unknown) => expect(error).toHaveProperty('kind', 'conflict'))),
      ),
    );
    const ends = await rows<{ status: string; version: number; events: number }>(
      `select o.status, o.version, (select count(*)::int from order_events e where e.order_id = o.order_id) as events
       from orders o where order_id = any($1)`,
      [ids],
    );
    expect(ends).toHaveLength(40);
    for (const end of ends) {
      expect(['PAYMENT_PENDING', 'CANCELED', 'EXPIRED']).toContain(end.status);
      expect(end.version).toBe(end.events);
      expect(end.version).toBe(2);
    }
  });

  it('closes a terminal state in the database too', async () => {
    const orderId = await place();
    await orders.handle(orderId, (order, { now }) => cancelOrder(order, { ...admin, now }), { context });
    const reopen = rows(`update orders set status = 'PAID' where order_id = $1`, [orderId]);
    await expect(reopen).rejects.toSatisfy((error) => violatedConstraint(error) === 'orders_stay_closed');
    const twice = rows(
      `insert into order_status_history (store_id, order_id, version, status, occurred_at)
       values ('STORE-1', $1, 99, 'EXPIRED', now())`,
      [orderId],
    );
    await expect(twice).rejects.toSatisfy(
      (error) => violatedConstraint(error) === 'order_status_history_one_end',
    );
  });

  it('loads what it saved: the state is the fold of the stored bytes', async () => {
    const orderId = await place();
    await orders.handle(orderId, (order, { now }) => startPayment(order, 'PAY-1', now), { context });
    const paid = await orders.handle(
      orderId,
      (order, { now }) => markPaid(order, { paymentId: 'PAY-1', transactionId: 'T' }, now),
      { context },
    );
    const again = await openStore().handle(orderId, () => [], { context });
    expect(again.state).toEqual(paid.state);
    expect(again.state).toMatchObject({
      status: 'PAID',
      total: 5_000n,
      captured: 5_000n,
      transactionId: 'T',
    });
    expect(await rows('select 1 from saga_timers where saga_id = $1', [orderId])).toEqual([]);
  });

  it('keeps private data out of the stream and in its row', async () => {
    const shippingAddress = { city: 'Lisbon' };
    const orderId = newId();
    const command = {
      ...{ orderId, userId: 'U1', currency: 'USD', reservationId: orderId, payWithinMs: 1_000 },
      lines: [line],
      pricing,
    };
    await orders.handle(orderId, (order, { now }) => placeOrder(order, { ...command, now }), {
      ...{ context, create: true, beside: { shippingAddress } },
    });
    // A repeat leads to no event: what it gave is not kept.
    await orders.handle(orderId, (order, { now }) => placeOrder(order, { ...command, now }), {
      ...{ context, beside: { shippingAddress: { city: 'Porto' } } },
    });
    const [row] = await rows<{ address: unknown; leaked: boolean }>(
      `select shipping_address as address, position('Lisbon' in encode(payload, 'escape')) > 0 as leaked
       from orders join order_events using (order_id) where order_id = $1`,
      [orderId],
    );
    expect(row).toEqual({ address: shippingAddress, leaked: false });
  });

  it('shows an order as it was at any time, and the present as the present', async () => {
    const registry = createLocalRegistry();
    const queries = orderQueries(db, (value) => registry.decode(value));
    const orderId = await place();
    const seen: { at: Date; view: object }[] = [];
    const note = async () => {
      const order = await queries.order('STORE-1', orderId);
      const [last] = await rows<{ at: Date }>(
        'select max(occurred_at) as at from order_events where order_id = $1',
        [orderId],
      );
      if (order && last) seen.push({ at: last.at, view: viewOf(order, order.version) });
    };
    await note();
    const payment = { paymentId: 'PAY', transactionId: 'T' };
    await orders.handle(orderId, (order, { now }) => startPayment(order, 'PAY', now), { context });
    await note();
    await orders.handle(orderId, (order, { now }) => markPaid(order, payment, now), { context });
    await note();
    await orders.handle(orderId, (order, { now }) => cancelOrder(order, { ...admin, now }), { context });
    await note();
    const before = async (end: number) => {
      const order = await queries.orderBefore('STORE-1', orderId, new Date(end));
      return order && viewOf(order, order.version);
    };
    const begun = seen[0]?.at.getTime() ?? 0;
    expect(await before(begun)).toBeUndefined();
    for (const { at } of seen)
      expect(await before(at.getTime() + 1)).toEqual(seen.findLast((one) => one.at <= at)?.view);
    expect(await before(Date.now() + 60_000)).toEqual(seen.at(-1)?.view);
    expect(await queries.orderBefore('STORE-2', orderId, new Date(Date.now() + 60_000))).toBeUndefined();
  });

  it("shows nothing of another tenant's, even without a predicate", async () => {
    const orderId = await place();
    const queries = orderQueries(db, async () => expect.unreachable());
    expect(await queries.order('STORE-2', orderId)).toBeUndefined();
    expect(await db.transaction('STORE-2', (tx) => tx.execute('select * from orders'))).toEqual([]);
  });

  it('stores the reply with the change, and refuses a second change under the same key', async () => {
    const key = { storeId: 'STORE-1', principal: 'U1', route: 'POST /x', key: newId(), payloadHash: 'h' };
    const run = (store: OrderStore) => {
      const orderId = newId();
      return store.handle(
        orderId,
        (order, { now }) =>
          placeOrder(order, {
            orderId,
            userId: 'U1',
            currency: 'USD',
            lines: [line],
            pricing,
            reservationId: orderId,
            now,
            payWithinMs: 1_000,
          }),
        { context, create: true, idempotency: { key, reply: () => ({ status: 201, body: '{}' }) } },
      );
    };
    const settled = await Promise.allSettled([
      run(openStore()),
      run(openStore()),
      run(openStore()),
      run(openStore()),
    ]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_IN_FLIGHT', 'IDEMPOTENCY_IN_FLIGHT']);
  });
});
