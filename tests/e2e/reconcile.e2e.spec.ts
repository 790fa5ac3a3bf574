import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@tradewind/kernel/ids.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { tw } from './cli.fixture.ts';
import { sql } from './database.fixture.ts';
import { caught, reconcile } from './reconcile.fixture.ts';
import { goods, order, type Order, paidOrder, type Product, shopper } from './shop.fixture.ts';

let product: Product;
let paid: Order;
let open: Order;

beforeAll(async () => {
  const client = await shopper();
  product = await goods({ onHand: 10 });
  paid = await paidOrder(client, product, 2);
  open = await order(client, product);
});

describe('tw reconcile', { timeout: 120_000 }, () => {
  it('finds nothing in a stack at rest', async () => {
    const { code, report } = await reconcile('--wait', '120');
    const found = report.invariants.flatMap(({ id, violations }) =>
      violations.map((one) => ({ id, ...one })),
    );
    expect([found, code, report.quiet]).toEqual([[], 0, true]);
    expect(report.invariants.map(({ id }) => id)).toEqual([
      ...['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I13'],
      ...['C1', 'C2', 'C3', 'P1', 'P2', 'N1', 'D1', 'A1'],
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

  it('refuses what it does not know, exit 2', async () => {
    expect((await tw('reconcile', '--only', 'I99')).code).toBe(2);
    expect((await tw('reconcile', '--wait', 'long')).code).toBe(2);
  });
});
