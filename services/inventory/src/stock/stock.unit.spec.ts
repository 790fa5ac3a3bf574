import fc from 'fast-check';
import { expect, it } from 'vitest';
import { adjustStock } from '#adjust-stock/decide.ts';
import { confirmReservation } from '#confirm-reservation/decide.ts';
import { expireReservation } from '#expire-reservations/decide.ts';
import { holdReservation } from '#hold-reservation/decide.ts';
import { releaseReservation } from '#release-reservation/decide.ts';
import { reserveStock } from '#reserve-stock/decide.ts';
import { setStock } from '#set-stock/decide.ts';
import type { StockEvent } from './events.ts';
import { given, minutes, row, when } from './stock.fixture.ts';
import { rowKey, type Stock, type StockState } from './stock.ts';

const place = fc.record({
  storeId: fc.constantFrom('STORE-1', 'STORE-1-N'),
  sku: fc.constantFrom('SKU-1', 'SKU-2'),
});
const small = fc.integer({ min: 1, max: 8 });
const reservationId = fc.constantFrom('R-1', 'R-2', 'R-3', 'R-4');
const reservationOnly = fc.record({ reservationId });
const productOf = (sku: string): string => sku.replace('SKU', 'P');

type Decide = (stock: Stock, now: Date) => readonly StockEvent[];

const commands: fc.Arbitrary<Decide> = fc.oneof(
  fc.record({ at: place, onHand: fc.integer({ min: 0, max: 12 }) }).map(
    ({ at, onHand }): Decide =>
      (stock, now) =>
        setStock(
          stock,
          {
            ...{ ...at, productId: productOf(at.sku), onHand, adjustmentId: 'A' },
            ...{ reorderPoint: undefined, expectedVersion: undefined },
          },
          now,
        ),
  ),
  fc.record({ at: place, delta: fc.integer({ min: -8, max: 8 }) }).map(
    ({ at, delta }): Decide =>
      (stock) =>
        adjustStock(stock, {
          ...at,
          delta,
          expectedVersion: undefined,
          cause: { adjustmentId: 'A', reason: 'COUNT' },
        }),
  ),
  fc
    .record({
      reservationId,
      lines: fc.array(fc.record({ at: place, qty: small }), { minLength: 1, maxLength: 3 }),
    })
    .map(
      ({ reservationId: id, lines }): Decide =>
        (stock, now) =>
          reserveStock(
            stock,
            {
              ...{ reservationId: id, orderId: null, ttlMs: 120_000 },
              lines: lines.map(({ at, qty }) => ({ ...at, productId: undefined, qty })),
            },
            now,
          ),
    ),
  fc.record({ id: reservationId, revive: fc.boolean() }).map(
    ({ id, revive }): Decide =>
      (stock) =>
        confirmReservation(stock, { reservationId: id, adjustmentId: 'A', revive }),
  ),
  reservationOnly.map(
    ({ reservationId: id }): Decide =>
      (stock) =>
        releaseReservation(stock, { reservationId: id, reason: null, adjustmentId: 'A' }),
  ),
  reservationOnly.map(
    ({ reservationId: id }): Decide =>
      (stock, now) =>
        holdReservation(stock, { reservationId: id, expiresAt: null }, now),
  ),
  reservationOnly.map(
    ({ reservationId: id }): Decide =>
      (stock, now) =>
        expireReservation(stock, id, now),
  ),
);

/** Sums of the ledger and of what is held, by stock row. */
function expectConsistent(state: StockState, ledger: ReadonlyMap<string, number>): void {
  const held = new Map<string, number>();
  for (const { state: is, lines } of state.reservations.values()) {
    if (is !== 'HELD') continue;
    for (const { storeId, sku, qty } of lines) {
      const key = rowKey(storeId, sku);
      held.set(key, (held.get(key) ?? 0) + qty);
    }
  }
  for (const [key, { onHand, reserved }] of state.rows) {
    expect(onHand).toBe(ledger.get(key));
    expect(reserved).toBe(held.get(key) ?? 0);
    expect(reserved).toBeGreaterThanOrEqual(0);
    expect(onHand).toBeGreaterThanOrEqual(reserved);
  }
}

it('any sequence of commands keeps the books: ledger, holds and levels agree, and nothing is sold twice', () => {
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 60 }), (sequence) => {
      const state = given(row());
      const ledger = new Map([[rowKey('STORE-1', 'SKU-1'), 10]]);
      const versions = new Map([[rowKey('STORE-1', 'SKU-1'), 1]]);
      sequence.forEach((decide, index) => {
        let events: readonly StockEvent[];
        try {
          events = when(state, decide, minutes(index));
        } catch (error) {
          // A refusal changes nothing; anything unforeseen is no DomainError.
          expect(error).toHaveProperty('kind');
          expect(error).not.toHaveProperty('kind', 'bug');
          return;
        }
        for (const event of events) {
          if (!('sku' in event.payload)) continue;
          const { storeId, sku, version } = event.payload;
          const key = rowKey(storeId, sku);
          const before = versions.get(key) ?? 0;
          expect(version - before).toBeGreaterThanOrEqual(0);
          expect(version - before).toBeLessThanOrEqual(1);
          versions.set(key, version);
          if ('delta' in event.payload) ledger.set(key, (ledger.get(key) ?? 0) + event.payload.delta);
        }
        expectConsistent(state, ledger);
      });
    }),
    { numRuns: 500 },
  );
});
