import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '@tradewind/kernel/ids.ts';
import { adjustCommand } from '#adjust-stock/http.ts';
import { confirmCommand } from '#confirm-reservation/command.ts';
import { contextIn, openInventory, reservation, wanted } from '#inventory.fixture.ts';
import { findDrift } from '#reconcile/drift.ts';
import { releaseCommand } from '#release-reservation/command.ts';
import { reserveCommand } from '#reserve-stock/command.ts';
import type { ReserveStock } from '#reserve-stock/decide.ts';
import { setStockCommand } from '#set-stock/http.ts';

const STOCK =
  'select on_hand, reserved, version from inventory_stock where store_id = $1 and location_id = $1 and sku = $2';

let inventory: Awaited<ReturnType<typeof openInventory>>;
const context = contextIn('STORE-1');
const reserve = (command: ReserveStock, store = inventory.store) =>
  store.handle(reserveCommand(command), { context });
const stockOf = async (sku: string) => (await inventory.rows(STOCK, ['STORE-1', sku]))[0];
const codesOf = (settled: readonly PromiseSettledResult<unknown>[]) =>
  Object.entries(
    Object.groupBy(settled, (one) => (one.status === 'fulfilled' ? 'ok' : String(one.reason?.code))),
  )
    .map(([code, group]) => [code, group?.length] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

beforeAll(async () => {
  inventory = await openInventory();
});
afterAll(async () => {
  expect(await findDrift(inventory.db, 'STORE-1')).toMatchObject({ items: [] });
  await inventory.close();
});

describe('concurrent commands', () => {
  it('200 buyers of 50 pieces: exactly 50 get one, in two processes', async () => {
    await inventory.stock('HOT', 50);
    const stores = [inventory.store, inventory.anotherStore()];
    const settled = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => reserve(reservation([wanted('HOT')]), stores[index % 2])),
    );
    expect(codesOf(settled)).toEqual([
      ['INSUFFICIENT_STOCK', 150],
      ['ok', 50],
    ]);
    expect(await stockOf('HOT')).toEqual({ on_hand: 50, reserved: 50, version: 51 });
    const versions = await inventory.rows<{ aggregate_version: number }>(
      `select aggregate_version from outbox where partition_key = 'P-HOT' order by id`,
    );
    expect(versions.map((row) => row.aggregate_version)).toEqual(
      Array.from({ length: 51 }, (_, index) => index + 1),
    );
  });

  it('takes products in opposite order without a deadlock', async () => {
    await inventory.stock('LEFT', 1_000);
    await inventory.stock('RIGHT', 1_000);
    const stores = [inventory.store, inventory.anotherStore()];
    const settled = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) =>
        reserve(
          reservation(
            index % 2 === 0 ? [wanted('LEFT'), wanted('RIGHT')] : [wanted('RIGHT'), wanted('LEFT')],
          ),
          stores[index % 2],
        ),
      ),
    );
    expect(codesOf(settled)).toEqual([['ok', 100]]);
    expect([await stockOf('LEFT'), await stockOf('RIGHT')]).toMatchObject([
      { reserved: 100 },
      { reserved: 100 },
    ]);
  });

  it('holds all lines or none, and a refusal leaves its neighbours alone', async () => {
    await inventory.stock('MANY', 100);
    await inventory.stock('FEW', 3);
    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, () => reserve(reservation([wanted('MANY', 2), wanted('FEW')]))),
    );
    expect(codesOf(settled)).toEqual([
      ['INSUFFICIENT_STOCK', 7],
      ['ok', 3],
    ]);
    expect(await stockOf('MANY')).toMatchObject({ reserved: 6 });
    expect(await stockOf('FEW')).toMatchObject({ reserved: 3 });
  });

  it('one reservation asked for many times at once is one reservation', async () => {
    await inventory.stock('ONCE', 100);
    const command = reservation([wanted('ONCE', 3)]);
    const stores = [inventory.store, inventory.anotherStore(), inventory.anotherStore()];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => reserve(command, stores[index % 3])),
    );
    expect(new Set(answers.map(({ state, lines }) => JSON.stringify({ state, lines }))).size).toBe(1);
    expect(await stockOf('ONCE')).toMatchObject({ reserved: 3 });
    await expect(reserve({ ...command, lines: [wanted('ONCE', 4)] })).rejects.toMatchObject({
      code: 'RESERVATION_MISMATCH',
    });
  });

  it('one of several writers with the same version wins', async () => {
    await inventory.stock('OCC', 100);
    const settled = await Promise.allSettled(
      [inventory.store, inventory.anotherStore(), inventory.store].map((store) =>
        store.handle(
          adjustCommand({
            ...{ storeId: 'STORE-1', sku: 'OCC', delta: -1, expectedVersion: 1 },
            cause: { adjustmentId: newId(), reason: 'COUNT' },
          }),
          { context },
        ),
      ),
    );
    expect(codesOf(settled)).toEqual([
      ['VERSION_CONFLICT', 2],
      ['ok', 1],
    ]);
    expect(await stockOf('OCC')).toEqual({ on_hand: 99, reserved: 0, version: 2 });
  });

  it('a new product counted by many at once begins once, and a sku stays with its product', async () => {
    const count = (productId: string, storeId: string) =>
      setStockCommand({
        ...{ storeId, sku: 'NEW', productId, onHand: 5, adjustmentId: newId() },
        ...{ reorderPoint: undefined, expectedVersion: undefined },
      });
    const stores = [inventory.store, inventory.anotherStore()];
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        stores[index % 2]!.handle(count('P-NEW', index % 3 === 0 ? 'STORE-1' : 'STORE-1-N'), { context }),
      ),
    );
    expect(await stockOf('NEW')).toEqual({ on_hand: 5, reserved: 0, version: 1 });
    await expect(
      inventory.anotherStore().handle(count('P-OTHER', 'STORE-1-S'), { context }),
    ).rejects.toMatchObject({ code: 'SKU_MISMATCH' });
  });
});

describe('a reservation in the tables', () => {
  it('is sold and given back, with ledger rows that nobody can change', async () => {
    await inventory.stock('SOLD', 10);
    const { reservationId } = await reserve(reservation([wanted('SOLD', 4)]));
    const confirmed = await inventory.store.handle(confirmCommand(reservationId), { context });
    expect(confirmed.state).toBe('COMMITTED');
    expect(await stockOf('SOLD')).toEqual({ on_hand: 6, reserved: 0, version: 3 });
    await inventory.store.handle(releaseCommand(reservationId, 'test'), { context });
    expect(await stockOf('SOLD')).toEqual({ on_hand: 10, reserved: 0, version: 4 });
    const ledger = await inventory.rows(
      `select delta, reason from inventory_adjustment where sku = 'SOLD' order by created_at`,
    );
    expect(ledger).toEqual([
      { delta: 10, reason: 'COUNT' },
      { delta: -4, reason: 'SOLD' },
      { delta: 4, reason: 'RETURNED' },
    ]);
    await expect(inventory.rows(`delete from inventory_adjustment where sku = 'SOLD'`)).rejects.toThrow(
      'append-only',
    );
  });

  it('a command given with its reservation in one batch finds it', async () => {
    await inventory.stock('BATCH', 10);
    const command = reservation([wanted('BATCH')]);
    const [, sold] = await Promise.all([
      reserve(command),
      inventory.store.handle(confirmCommand(command.reservationId), { context }),
    ]);
    expect(sold.state).toBe('COMMITTED');
  });

  it('an event that comes twice has one effect', async () => {
    await inventory.stock('INBOX', 10);
    const { reservationId } = await reserve(reservation([wanted('INBOX', 2)]));
    const inbox = { consumer: 'inventory.on-order-paid', eventId: newId() };
    await inventory.store.handle(confirmCommand(reservationId, true), { context, inbox });
    await inventory.store.handle(confirmCommand(reservationId, true), { context, inbox });
    expect(await stockOf('INBOX')).toEqual({ on_hand: 8, reserved: 0, version: 3 });
  });

  it('is not begun after its deadline', async () => {
    await inventory.stock('LATE', 10);
    const command = reserveCommand(reservation([wanted('LATE')]));
    await expect(
      inventory.store.handle(command, { context, deadline: Date.now() - 1 }),
    ).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(await stockOf('LATE')).toMatchObject({ reserved: 0 });
  });
});

describe('tenants', () => {
  it("don't see or hold each other's stock, whatever they name", async () => {
    await inventory.stock('SAME', 5);
    await inventory.stock('SAME', 7, { tenant: 'STORE-2' });
    const other = { context: contextIn('STORE-2') };
    await expect(
      inventory.store.handle(reserveCommand(reservation([wanted('SAME', 1, 'STORE-1')])), other),
    ).rejects.toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    const { reservationId } = await reserve(reservation([wanted('SAME', 2)]));
    await expect(inventory.store.handle(confirmCommand(reservationId), other)).rejects.toMatchObject({
      code: 'RESERVATION_NOT_FOUND',
    });
    await reserve(reservation([wanted('SAME')]));
    expect(await stockOf('SAME')).toMatchObject({ on_hand: 5, reserved: 3 });
  });

  it('row-level security hides every table from a forgotten predicate', async () => {
    const tables = await inventory.rows<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
         and exists (select 1 from pg_attribute where attrelid = pg_class.oid and attname = 'store_id' and attnum > 0)`,
    );
    expect(tables.length).toBeGreaterThan(8);
    for (const { name } of tables) {
      const seen = await inventory.db.transaction('STORE-9', (tx) =>
        tx.execute(`select 1 from ${name} limit 1`),
      );
      expect(seen, name).toEqual([]);
    }
  });
});
