import { eventually } from '@tradewind/testing/eventually.ts';
import pg from 'pg';
import { expect } from 'vitest';
import { type Order, stockOf } from '../e2e/shop.fixture.ts';
import { merchant, stack, urlOf } from '../e2e/stack.fixture.ts';
import type { Hooks } from './hooks.fixture.ts';
import type { Journey, Traffic } from './traffic.fixture.ts';

const WITHIN = { within: 60_000, every: 200 };

/** All that a round's orders have left in the services, as if nothing had crashed. */
export async function expectNoHarm({ journeys, product, hooks, devices }: Traffic): Promise<void> {
  const orders = await rowsOf('order');
  const inventory = await rowsOf('inventory');
  const payments = await rowsOf('payment_adapter');
  const products = await rowsOf('product');
  try {
    for (const journey of journeys) {
      await eventually(async () => {
        await expectProjected(journey);
        await expectReserved(journey, inventory);
        await expectTold(journey);
      }, WITHIN);
      await expectCharged(journey, payments);
      await expectDense(journey, orders);
    }
    await eventually(() => expectStock(journeys, product), WITHIN);
    for (const journey of journeys) await eventually(() => expectHooked(journey, hooks, orders), WITHIN);
    await forget(hooks);
    await devices.expectStock();
    await eventually(async () => {
      const [row] = await products<{ behind: number }>(
        `select p.version - s.version as behind from products p join product_summary s using (store_id, product_id)
         where p.product_id = $1`,
        [product.productId],
      );
      expect(row?.behind).toBe(0);
    }, WITHIN);
  } finally {
    await Promise.all(clients.splice(0).map((client) => client.end()));
  }
}

type Query = <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => Promise<Row[]>;
const clients: pg.Client[] = [];

async function rowsOf(database: string): Promise<Query> {
  const client = new pg.Client({ connectionString: stack.postgres.databases[database]?.systemUrl });
  clients.push(client);
  await client.connect();
  return async (text, values) => (await client.query(text, [...values])).rows as never;
}

/** The shopper's own list, which events feed, shows the order as it is. */
async function expectProjected({ shopper, orderId, status }: Journey): Promise<void> {
  const { body: order } = await shopper.get<Order>(`/api/v1/orders/${orderId}`);
  const list = await shopper.get<{ items: Order[] }>('/api/v1/orders?customer=me');
  const shown = list.body.items.find((one) => one.orderId === orderId);
  expect([order.status, shown?.status, shown?.version]).toEqual([status, status, order.version]);
}

async function expectReserved({ orderId, status }: Journey, query: Query): Promise<void> {
  const rows = await query<{ state: string }>('select state from stock_reservation where order_id = $1', [
    orderId,
  ]);
  expect(rows.map(({ state }) => state)).toEqual([status === 'CANCELED' ? 'RELEASED' : 'COMMITTED']);
}

interface Told {
  readonly items: readonly { template: string; deliveries: readonly { address: string; status: string }[] }[];
}

/** The shopper was told of the order's end, and each mail is in the mailbox once. */
async function expectTold({ shopper, orderId, status }: Journey): Promise<void> {
  const path = `/api/v1/notifications?resource=order:${orderId}&limit=100`;
  const { items } = (await shopper.get<Told>(path)).body;
  const end = { PAID: 'order-paid', CANCELED: 'order-canceled', RETURNED: 'order-refunded' }[status];
  expect(items.map(({ template }) => template)).toEqual(expect.arrayContaining(['order-created', end]));
  const deliveries = items.flatMap((one) => one.deliveries);
  expect(new Set(deliveries.map((one) => one.status))).toEqual(new Set(['SENT']));
  const kept = await fetch(`${urlOf('mailbox')}/messages?to=${deliveries[0]?.address}`);
  expect(((await kept.json()) as Told).items).toHaveLength(deliveries.length);
}

/** One capture, and each refund once: in the ledger and in the gateway's own book. */
async function expectCharged({ orderId, captured, refunds }: Journey, query: Query): Promise<void> {
  const expected = captured ? ['CAPTURE', ...Array.from({ length: refunds }, () => 'REFUND')] : [];
  const ledger = await query<{ kind: string }>(
    'select kind from payment_ledger where order_id = $1 order by kind',
    [orderId],
  );
  expect(ledger.map(({ kind }) => kind)).toEqual(expected);
  const response = await fetch(`${urlOf('payment-gateway')}/book?orderId=${orderId}`);
  const { totals } = (await response.json()) as { totals: { captures: number; refunds: number }[] };
  const moved = totals.map(({ captures, refunds }) => captures + refunds);
  expect(moved.reduce((sum, count) => sum + count, 0)).toBe(expected.length);
}

/** Versions 1, 2, 3 … without a gap or a repeat. */
async function expectDense({ orderId }: Journey, query: Query): Promise<void> {
  const rows = await query<{ version: number }>(
    'select version from order_events where order_id = $1 order by version',
    [orderId],
  );
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
  expect(rows.length).toBeGreaterThan(0);
}

/** The partner has heard of everything that happened to the order, in its order; twice at most under the same id. */
async function expectHooked({ orderId }: Journey, { partner }: Hooks, query: Query): Promise<void> {
  const mine = partner.hooks.filter(({ event }) => event.partitionKey === orderId);
  const once = new Map(mine.map(({ event, headers }) => [headers['webhook-id'], event.aggregateVersion]));
  const rows = await query<{ version: number }>(
    'select version from order_events where order_id = $1 order by version',
    [orderId],
  );
  expect([...once.values()]).toEqual(rows.map(({ version }) => version));
}

/** What the next rounds do is not its business. */
async function forget({ partner, subscriptionId }: Hooks): Promise<void> {
  await (await merchant()).delete(`/api/v1/webhooks/subscriptions/${subscriptionId}`);
  await partner.close();
}

/** Two pieces of each order that stayed paid are gone; nothing is held any more; the central view says the same. */
async function expectStock(journeys: readonly Journey[], product: Traffic['product']): Promise<void> {
  const sold = journeys.filter(({ status }) => status === 'PAID').length * 2;
  const stock = await stockOf(product);
  expect(stock.onHand).toBe(1_000 - sold);
  const { body } = await (
    await merchant()
  ).get<{ onHand: number; reserved: number }>(`/api/v1/inventory/${product.productId}/snapshot`);
  expect([body.onHand, body.reserved]).toEqual([stock.onHand, stock.reserved]);
}
