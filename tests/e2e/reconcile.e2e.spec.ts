import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { goods, order, type Order, paidOrder, type Product, shopper } from './shop.fixture.ts';

interface Report {
  readonly quiet: boolean;
  readonly invariants: readonly { id: string; violations: readonly { subject: string; what: string }[] }[];
}

async function reconcile(...args: string[]): Promise<{ code: number; report: Report }> {
  const { code, output, errors } = await tw('reconcile', '--json', ...args);
  if (!output.startsWith('{')) throw new Error(errors);
  return { code, report: JSON.parse(output) as Report };
}

const broken = (report: Report): string[] =>
  report.invariants.filter(({ violations }) => violations.length > 0).map(({ id }) => id);

let product: Product;
let paid: Order;
let open: Order;

beforeAll(async () => {
  const client = await shopper();
  product = await goods({ onHand: 10 });
  paid = await paidOrder(client, product, 2);
  open = await order(client, product);
});

/** Breaks a row, expects this one invariant to say so with this subject, and repairs the row. */
async function caught(
  id: string,
  subject: () => string,
  breakIt: () => Promise<unknown>,
  repair: () => Promise<unknown>,
  ...args: string[]
): Promise<void> {
  await breakIt();
  try {
    const { code, report } = await reconcile('--only', id, '--wait', '0', ...args);
    const found = report.invariants[0]?.violations ?? [];
    expect(code).toBe(1);
    expect(
      found.some((one) => `${one.subject} ${one.what}`.includes(subject())),
      JSON.stringify(found),
    ).toBe(true);
  } finally {
    await repair();
  }
  expect((await reconcile('--only', id, '--wait', '20')).report.invariants[0]?.violations).toEqual([]);
}

describe('tw reconcile', { timeout: 120_000 }, () => {
  it('finds nothing in a stack at rest', async () => {
    const { code, report } = await reconcile('--wait', '120');
    expect([broken(report), code, report.quiet]).toEqual([[], 0, true]);
    expect(report.invariants.map(({ id }) => id)).toEqual([
      'I1',
      'I2',
      'I3',
      'I4',
      'I5',
      'I6',
      'I7',
      'I9',
      'I10',
    ]);
  });

  it('I1: an acknowledged order that is not there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'acknowledged-'));
    const [file, lost] = [join(folder, 'orders.jsonl'), newId()];
    try {
      await writeFile(file, `${JSON.stringify({ orderId: paid.orderId })}\n`);
      expect((await reconcile('--only', 'I1', '--acknowledged', file)).code).toBe(0);
      await writeFile(file, `${JSON.stringify(paid.orderId)}\n${JSON.stringify(lost)}\n`);
      const { code, report } = await reconcile('--only', 'I1', '--acknowledged', file);
      expect([code, report.invariants[0]?.violations]).toMatchObject([1, [{ subject: lost }]]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('I1: an order that Kafka knows and the database lost', () =>
    caught(
      'I1',
      () => open.orderId,
      () => sql('order', `update orders set order_id = order_id || 'x' where order_id = $1`, [open.orderId]),
      () =>
        sql('order', 'update orders set order_id = $1 where order_id = $2', [
          open.orderId,
          `${open.orderId}x`,
        ]),
    ));

  it('I2: a status that the events do not tell', () =>
    caught(
      'I2',
      () => open.orderId,
      () => sql('order', `update orders set status = 'FULFILLED' where order_id = $1`, [open.orderId]),
      () => sql('order', `update orders set status = 'PENDING' where order_id = $1`, [open.orderId]),
    ));

  it('I2: a history of its own', () =>
    caught(
      'I2',
      () => paid.orderId,
      () =>
        sql(
          'order',
          `update order_status_history set status = 'EXPIRED' where order_id = $1 and version = 2`,
          [paid.orderId],
        ),
      () =>
        sql(
          'order',
          `update order_status_history set status = 'PAYMENT_PENDING' where order_id = $1 and version = 2`,
          [paid.orderId],
        ),
    ));

  it('I3: pieces that no ledger entry explains', () =>
    caught(
      'I3',
      () => product.sku,
      () =>
        sql('inventory', 'update inventory_stock set on_hand = on_hand + 1 where sku = $1', [product.sku]),
      () =>
        sql('inventory', 'update inventory_stock set on_hand = on_hand - 1 where sku = $1', [product.sku]),
    ));

  it('I3: pieces reserved for nobody', () =>
    caught(
      'I3',
      () => product.sku,
      () =>
        sql('inventory', 'update inventory_stock set reserved = reserved + 1 where sku = $1', [product.sku]),
      () =>
        sql('inventory', 'update inventory_stock set reserved = reserved - 1 where sku = $1', [product.sku]),
    ));

  it('I4: a paid order whose pieces were only held', () =>
    caught(
      'I4',
      () => paid.orderId,
      () =>
        sql('inventory', `update stock_reservation set state = 'HELD' where reservation_id = $1`, [
          paid.orderId,
        ]),
      () =>
        sql('inventory', `update stock_reservation set state = 'COMMITTED' where reservation_id = $1`, [
          paid.orderId,
        ]),
    ));

  it('I4: fewer pieces than were sold', () =>
    caught(
      'I4',
      () => paid.orderId,
      () =>
        sql('inventory', 'update stock_reservation set qty = 1 where reservation_id = $1', [paid.orderId]),
      () =>
        sql('inventory', 'update stock_reservation set qty = 2 where reservation_id = $1', [paid.orderId]),
    ));

  it('I5: money that was taken twice as much', () =>
    caught(
      'I5',
      () => paid.orderId,
      () =>
        sql('payment_adapter', 'update payment_ledger set amount = amount * 2 where order_id = $1', [
          paid.orderId,
        ]),
      () =>
        sql('payment_adapter', 'update payment_ledger set amount = amount / 2 where order_id = $1', [
          paid.orderId,
        ]),
    ));

  it('I6: a version that was never published', () =>
    caught(
      'I6',
      () => product.productId,
      () =>
        sql('inventory', 'update product_stock set version = version + 1 where product_id = $1', [
          product.productId,
        ]),
      () =>
        sql('inventory', 'update product_stock set version = version - 1 where product_id = $1', [
          product.productId,
        ]),
    ));

  it('I7: an event that a consumer has not applied', async () => {
    const name = 'order.on-payment-captured';
    const [row] = await sql<{ eventId: string }>(
      'order',
      'select event_id as "eventId" from inbox where consumer = $1 limit 1',
      [name],
    );
    const [real = '', other] = [row?.eventId, newId()];
    const move = (from: string, to: string) =>
      sql('order', 'update inbox set event_id = $3 where consumer = $1 and event_id = $2', [name, from, to]);
    await caught(
      'I7',
      () => real,
      () => move(real, other),
      () => move(other, real),
    );
  });

  it('I7: a projection that stopped reading', async () => {
    type Place = { topic: string; partition: number; version: number };
    const [place] = await sql<Place>(
      'order',
      `
      select topic, partition, c.version from projection_checkpoints c
      join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
      where c.projection = 'product_prices' and next_offset > 0 limit 1`,
    );
    const move = (by: number) =>
      sql(
        'order',
        `
        update projection_checkpoints set next_offset = next_offset + $4
        where projection = 'product_prices' and version = $1 and topic = $2 and partition = $3`,
        [place?.version, place?.topic, place?.partition, by],
      );
    await caught(
      'I7',
      () => 'product_prices',
      () => move(-1),
      () => move(1),
    );
  });

  it('I9: two keys for one order', () =>
    caught(
      'I9',
      () => 'SOMEBODY',
      () =>
        sql(
          'order',
          `insert into idempotency_keys select store_id, 'SOMEBODY', route, key, payload_hash, status, body
        from idempotency_keys where body::jsonb->>'orderId' = $1 and route = 'POST /api/v1/orders'`,
          [paid.orderId],
        ),
      () => sql('order', `delete from idempotency_keys where principal = 'SOMEBODY'`),
    ));

  it('I10: a saga that nobody carries on', () =>
    caught(
      'I10',
      () => open.orderId,
      () =>
        sql('order', `update saga_instances set deadline = deadline - interval '1 day' where saga_id = $1`, [
          open.orderId,
        ]),
      () =>
        sql('order', `update saga_instances set deadline = deadline + interval '1 day' where saga_id = $1`, [
          open.orderId,
        ]),
    ));

  it('refuses what it does not know, exit 2', async () => {
    expect((await tw('reconcile', '--only', 'I99')).code).toBe(2);
    expect((await tw('reconcile', '--wait', 'long')).code).toBe(2);
  });
});
