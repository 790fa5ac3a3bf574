import fc from 'fast-check';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { endOfPast } from '@tradewind/service/as-of.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adjustCommand } from '#adjust-stock/http.ts';
import { confirmCommand } from '#confirm-reservation/command.ts';
import { expireReservation } from '#expire-reservations/decide.ts';
import { contextIn, openInventory, reservation } from '#inventory.fixture.ts';
import { evolve, type InventorySnapshot } from '#projections/inventory-snapshot.ts';
import { releaseCommand } from '#release-reservation/command.ts';
import { reserveCommand } from '#reserve-stock/command.ts';
import { setStockCommand } from '#set-stock/http.ts';
import type { StockCommand } from '#store.ts';
import { stockAsOf } from './query.ts';

const registry = createLocalRegistry();
let inventory: Awaited<ReturnType<typeof openInventory>>;
beforeAll(async () => {
  inventory = await openInventory();
});
afterAll(() => inventory.close());

type Step = (tenant: string) => StockCommand<unknown>;
const product = fc.constantFrom('A', 'B');
const held = fc.constantFrom('R-1', 'R-2', 'R-3');
const qty = fc.integer({ min: 1, max: 4 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ sku: product, delta: fc.integer({ min: -3, max: 6 }).filter((delta) => delta !== 0) }).map(
    ({ sku, delta }): Step =>
      (tenant) =>
        adjustCommand({
          ...{ storeId: tenant, sku, delta, expectedVersion: undefined },
          cause: { adjustmentId: newId(), reason: 'COUNT' },
        }),
  ),
  fc
    .record({ id: held, lines: fc.uniqueArray(product, { minLength: 1 }), qty })
    .map(({ id, lines, qty: pieces }): Step => (tenant) => {
      const wanted = lines.map((sku) => ({
        ...{ productId: `P-${sku}`, sku: undefined, storeId: tenant, qty: pieces },
      }));
      return reserveCommand({ ...reservation(wanted, id), ttlMs: 1 });
    }),
  fc.record({ id: held, revive: fc.boolean() }).map(
    ({ id, revive }): Step =>
      () =>
        confirmCommand(id, revive),
  ),
  held.map(
    (id): Step =>
      () =>
        releaseCommand(id, null),
  ),
  held.map((id): Step => (): StockCommand<void> => ({
    touches: { reservation: id, existing: true },
    decide: (stock, now) => expireReservation(stock, id, now),
    reply: () => undefined,
  })),
);

const count = (tenant: string, sku: string): StockCommand<unknown> =>
  setStockCommand({
    ...{ storeId: tenant, sku, productId: `P-${sku}`, onHand: 8, adjustmentId: newId() },
    ...{ reorderPoint: undefined, expectedVersion: undefined },
  });

/** Carries the steps out, several at a time as they come, and answers what was published. */
async function live(tenant: string, batches: readonly (readonly Step[])[]): Promise<AnyEvent[]> {
  const handle = (command: StockCommand<unknown>) =>
    inventory.store.handle(command, { context: contextIn(tenant) });
  await Promise.all(['A', 'B'].map((sku) => handle(count(tenant, sku))));
  for (const batch of batches) {
    const settled = await Promise.allSettled(batch.map((one) => handle(one(tenant))));
    // A refusal is fine; whatever else fails is not.
    for (const one of settled) if (one.status === 'rejected') expect(one.reason).toHaveProperty('kind');
  }
  const rows = await inventory.rows<{ payload: Buffer }>(
    'select payload from outbox where store_id = $1 order by id',
    [tenant],
  );
  return Promise.all(rows.map(({ payload }) => registry.decode(payload)));
}

interface Levels {
  readonly productId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly version: number;
}

/** What a replay of the central view shows that stops at a time. */
function replayed(events: readonly AnyEvent[], until: number): Levels[] {
  const views = new Map<string, InventorySnapshot | undefined>();
  for (const event of events)
    if (event.occurredAt.getTime() <= until)
      views.set(event.partitionKey, evolve(views.get(event.partitionKey), event));
  return [...views.values()]
    .flatMap((view) => view ?? [])
    .map(({ product_id: productId, on_hand: onHand, reserved, stores }) => ({
      ...{ productId, onHand, reserved },
      version: Math.max(
        ...Object.values(stores).flatMap((skus) => Object.values(skus).map((row) => row.version)),
      ),
    }))
    .toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}

const asOf = async (tenant: string, at: number): Promise<Levels[]> => {
  const rows = await stockAsOf(inventory.db, tenant, endOfPast(new Date(at).toISOString()), {});
  return rows.map(({ productId, onHand, reserved, version }) => ({ productId, onHand, reserved, version }));
};

describe('stock of the past', () => {
  it('is what a replay shows that stops there; the present is what is stored', async () => {
    const history = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
      minLength: 5,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), async (steps, together) => {
        const batches = together ? steps : steps.flat().map((one) => [one]);
        // A hold that is given back and taken anew within one transaction looks like one change.
        const shown = (rows: readonly Levels[]) =>
          rows.map(({ version, ...levels }) => (together ? levels : { ...levels, version }));
        const tenant = `STORE-${newId()}`;
        const events = await live(tenant, batches);
        const times = [...new Set(events.map(({ occurredAt }) => occurredAt.getTime()))];
        for (const time of times)
          for (const at of [time - 1, time])
            expect(shown(await asOf(tenant, at))).toEqual(shown(replayed(events, at)));
        const stored = await inventory.rows<Levels>(
          `select product_id as "productId", on_hand as "onHand", reserved, version from inventory_stock
           where store_id = $1 order by sku`,
          [tenant],
        );
        expect(await asOf(tenant, Date.now())).toEqual(stored);
      }),
      { numRuns: 6 },
    );
  });

  it('knows that what is paid after its hold had lapsed was taken anew', async () => {
    const tenant = `STORE-${newId()}`;
    const wanted = [{ productId: 'P-A', sku: undefined, storeId: tenant, qty: 2 }];
    const events = await live(tenant, [
      [() => reserveCommand({ ...reservation(wanted, 'R-1'), ttlMs: 1 })],
      [() => releaseCommand('R-1', null)],
      [() => confirmCommand('R-1', true)],
    ]);
    const [first] = events;
    const at = first?.occurredAt.getTime() ?? 0;
    expect(await asOf(tenant, at)).toEqual(replayed(events, at));
  });
});
