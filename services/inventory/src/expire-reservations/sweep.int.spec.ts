import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '@tradewind/service/logger.ts';
import { eventually } from '@tradewind/testing/eventually.ts';
import { contextIn, openInventory, reservation, wanted } from '#inventory.fixture.ts';
import { reservationMetrics } from '#metrics.ts';
import { reserveCommand } from '#reserve-stock/command.ts';
import { reservationSweep } from './sweep.ts';

let inventory: Awaited<ReturnType<typeof openInventory>>;
beforeAll(async () => {
  inventory = await openInventory();
});
afterAll(() => inventory.close());

it('lets reservations of every tenant lapse, and those held without end alone', async () => {
  const { store, systemDb } = inventory;
  const reservations = await Promise.all(
    ['STORE-1', 'STORE-1', 'STORE-2'].map(async (tenant, index) => {
      const sku = `SKU-${index}`;
      await inventory.stock(sku, 10, { tenant });
      return store.handle(reserveCommand(reservation([wanted(sku, 2, tenant)])), {
        context: contextIn(tenant),
      });
    }),
  );
  const [due, endless, other] = reservations.map(({ reservationId }) => reservationId);
  await inventory.rows(
    `update stock_reservation set expires_at = now() - interval '1 second' where reservation_id = any($1)`,
    [[due, other]],
  );
  await inventory.rows(`update stock_reservation set expires_at = null where reservation_id = $1`, [endless]);
  const sweep = reservationSweep({
    systemDb,
    store,
    metrics: reservationMetrics(),
    log: createLogger('inventory', 'silent'),
  });
  await sweep.start?.();
  await eventually(async () => {
    const rows = await inventory.rows(`select reservation_id as id, state from stock_reservation order by 1`);
    expect(rows).toEqual(
      [
        { id: due, state: 'EXPIRED' },
        { id: endless, state: 'HELD' },
        { id: other, state: 'EXPIRED' },
      ].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
    );
  });
  await sweep.stop?.();
  const stock = await inventory.rows(`select sku, reserved from inventory_stock order by sku`);
  expect(stock).toEqual([
    { sku: 'SKU-0', reserved: 0 },
    { sku: 'SKU-1', reserved: 2 },
    { sku: 'SKU-2', reserved: 0 },
  ]);
});
