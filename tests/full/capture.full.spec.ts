import { eventually } from '@tradewind/testing/eventually.ts';
import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tw } from '../e2e/cli.fixture.ts';
import { sql } from '../e2e/database.fixture.ts';
import { kill } from '../e2e/processes.fixture.ts';
import { goods, order, paidOrder, pay, shopper } from '../e2e/shop.fixture.ts';
import { as, stack, unique } from '../e2e/stack.fixture.ts';
import { captured, tailOf } from './capture.fixture.ts';

const ORDERS = 'cdc.order.public.orders';
/** A worker that was killed starts a Java machine, joins its group and finds its place. */
const within = 100_000;

describe('change data capture', () => {
  it("tells each change of an order's row, of every tenant, in Confluent wire format", async () => {
    const tail = await tailOf(ORDERS);
    onTestFinished(() => tail.close());
    const first = await paidOrder(await shopper(), await goods());
    const other = await as({ sub: unique('USER'), storeId: 'STORE-2' });
    const second = await order(other, await goods({ storeId: 'STORE-2' }));

    await eventually(
      async () => {
        const changes = await tail.changes();
        const own = changes.filter(({ row }) => row.order_id === first.orderId);
        expect(own.map(({ row }) => row.status)).toEqual(['PENDING', 'PAYMENT_PENDING', 'PAID']);
        expect(own.map(({ operation }) => operation)).toEqual(['created', 'updated', 'updated']);
        expect(own.at(-1)?.row).toMatchObject({
          version: first.version,
          user_id: first.userId,
          total_minor: 1250n,
        });
        expect(own.at(-1)?.row).not.toHaveProperty('shipping_address');
        expect(changes.map(({ row }) => [row.order_id, row.store_id])).toContainEqual([
          second.orderId,
          'STORE-2',
        ]);
      },
      { within },
    );
    for (const bytes of await tail.bytes()) expect(bytes[0]).toBe(0);
  });

  it('reads under a role that sees what is published, and nothing else', async () => {
    const [rights] = await sql(
      'order',
      `select rolsuper or rolcreaterole or rolcreatedb as powerful, rolreplication as replicates,
         has_column_privilege('order_cdc', 'orders', 'status', 'select') as status,
         has_column_privilege('order_cdc', 'orders', 'shipping_address', 'select') as address,
         has_table_privilege('order_cdc', 'order_events', 'select') as events,
         has_any_column_privilege('order_cdc', 'orders', 'insert, update') as writes,
         has_database_privilege('order_cdc', 'payment_adapter', 'connect') as elsewhere
       from pg_roles where rolname = 'order_cdc'`,
    );
    expect(rights).toEqual({
      ...{ powerful: false, replicates: true, status: true, address: false },
      ...{ events: false, writes: false, elsewhere: false },
    });
    // Not even the administrator takes a copy of the whole cluster.
    const copy = new pg.Client({
      connectionString: stack.postgres.url,
      replication: 'true',
    } as pg.ClientConfig);
    await expect(copy.connect()).rejects.toThrow(/pg_hba/);
  });

  it('tells of products and of the ledger', async () => {
    const [products, ledger] = [
      await tailOf('cdc.product.public.products'),
      await tailOf('cdc.inventory.public.inventory_adjustment'),
    ];
    onTestFinished(() => Promise.all([products.close(), ledger.close()]).then(() => undefined));
    const { productId, sku } = await goods({ onHand: 7 });
    await eventually(
      async () => {
        expect((await products.changes()).map(({ row }) => row)).toContainEqual(
          expect.objectContaining({ product_id: productId, sku, price_minor: 1250n, version: 1 }),
        );
        expect((await ledger.changes()).map(({ row }) => row)).toContainEqual(
          expect.objectContaining({ product_id: productId, delta: 7, on_hand_after: 7 }),
        );
      },
      { within },
    );
  });

  it('goes on after kill -9 of Connect under load, and has lost nothing', async () => {
    const tail = await tailOf(ORDERS);
    onTestFinished(() => tail.close());
    const [client, product] = [await shopper(), await goods({ onHand: 1_000 })];
    const ids: string[] = [];
    for (let round = 0; round < 6; round++) {
      const orders = await Promise.all(Array.from({ length: 10 }, () => order(client, product)));
      ids.push(...orders.map(({ orderId }) => orderId));
      if (round === 2) kill('connect');
    }
    await eventually(
      async () => {
        const told = new Set((await tail.changes()).map(({ row }) => row.order_id));
        expect(ids.filter((id) => !told.has(id))).toEqual([]);
      },
      { within, every: 500 },
    );
  });

  it('notices a slot that was dropped, says so, and tells everything after `tw cdc repair`', async () => {
    const tail = await tailOf(ORDERS);
    onTestFinished(() => tail.close());
    const [client, product] = [await shopper(), await goods()];
    const before = await order(client, product);
    await eventually(
      async () => {
        expect((await tail.changes()).map(({ row }) => row.order_id)).toContain(before.orderId);
      },
      { within },
    );

    expect((await tw('stop', 'connect')).code).toBe(0);
    await eventually(() => sql('order', `select pg_drop_replication_slot('cdc_order')`), { within });
    expect((await pay(client, before)).status).toBe(200);
    const missed = await order(client, product);
    expect((await tw('start', 'connect')).code).toBe(0);

    await eventually(async () => expect((await captured('order')).condition).toBe('gap'), {
      within,
      every: 500,
    });
    const told = async () => (await tail.changes()).map(({ row }) => `${row.order_id} ${row.status}`);
    expect(await told()).not.toContain(`${missed.orderId} PENDING`);

    const repaired = await tw('cdc', 'repair', 'order');
    expect(repaired.errors).toBe('');
    expect(repaired.code).toBe(0);
    await eventually(
      async () => {
        const all = await told();
        expect(all).toContain(`${before.orderId} PAID`);
        expect(all).toContain(`${missed.orderId} PENDING`);
      },
      { within },
    );
    expect(await captured('order')).toMatchObject({ condition: 'streaming', slotState: 'active' });
    expect((await tw('cdc', 'repair', 'orders')).errors).toContain('there are inventory, order, product');
  });

  it('keeps no log for a quiet database: its position moves on with the others', async () => {
    const confirmed = async (): Promise<bigint> => {
      const [row] = await sql<{ place: string }>(
        'product',
        `select pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::text as place from pg_replication_slots
         where slot_name = 'cdc_product'`,
      );
      return BigInt(row?.place ?? 0);
    };
    const began = await confirmed();
    await order(await shopper(), await goods());
    const now = await sql<{ place: string }>(
      'order',
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as place`,
    );
    const place = BigInt(now[0]?.place ?? 0);
    expect(place).toBeGreaterThan(began);
    await eventually(async () => expect(await confirmed()).toBeGreaterThanOrEqual(place), { within });
  });
});
