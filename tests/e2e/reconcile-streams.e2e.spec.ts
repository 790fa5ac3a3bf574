import { newId } from '@tradewind/kernel/ids.ts';
import { beforeAll, describe, it } from 'vitest';
import { sql } from './database.fixture.ts';
import { caught } from './reconcile.fixture.ts';
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

describe('tw reconcile, of streams and sagas', { timeout: 120_000 }, () => {
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
      'pricing',
      `
      select topic, partition, c.version from projection_checkpoints c
      join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
      where c.projection = 'product_prices' and next_offset > 0 limit 1`,
    );
    const move = (by: number) =>
      sql(
        'pricing',
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
});
