import { describe, expect, it } from 'vitest';
import { given, minutes, namesOf, NOON, refusal, row, when } from '#stock/stock.fixture.ts';
import { type ReserveStock, reserveStock, type WantedLine } from './decide.ts';

const line = (changes: Partial<WantedLine> = {}): WantedLine => ({
  ...{ productId: 'P-1', sku: undefined, storeId: 'STORE-1', qty: 1 },
  ...changes,
});
const command = (...lines: WantedLine[]): ReserveStock => ({
  ...{ reservationId: 'R-1', orderId: 'R-1', ttlMs: 900_000 },
  lines,
});

describe('reserve stock', () => {
  it('holds every line and says until when', () => {
    const state = given(row(), row({ productId: 'P-2', sku: 'SKU-2' }));
    const events = when(state, (stock, now) =>
      reserveStock(
        stock,
        command(line({ qty: 3 }), line({ productId: undefined, sku: 'SKU-2', qty: 2 })),
        now,
      ),
    );
    expect(namesOf(events)).toEqual(['reserved', 'reserved']);
    expect(state.row('STORE-1', 'SKU-1')).toMatchObject({ onHand: 10, reserved: 3, version: 2 });
    expect(state.row('STORE-1', 'SKU-2')).toMatchObject({ onHand: 10, reserved: 2, version: 2 });
    expect(state.reservation('R-1')).toMatchObject({
      state: 'HELD',
      expiresAt: minutes(15),
      lines: [{ qty: 3 }, { qty: 2 }],
    });
  });

  it('sums lines of one stock before it compares', () => {
    const state = given(row({ onHand: 5 }));
    const twice = command(line({ qty: 3 }), line({ productId: undefined, sku: 'SKU-1', qty: 3 }));
    expect(refusal(() => reserveStock(state, twice, NOON))).toBe('INSUFFICIENT_STOCK');
    const fits = command(line({ qty: 3 }), line({ qty: 2 }));
    when(state, (stock, now) => reserveStock(stock, fits, now));
    expect(state.reservation('R-1')?.lines).toEqual([
      { productId: 'P-1', sku: 'SKU-1', storeId: 'STORE-1', qty: 5 },
    ]);
  });

  it('holds nothing when one line is short, and names every short line', () => {
    const state = given(row(), row({ productId: 'P-2', sku: 'SKU-2', onHand: 1 }));
    const all = command(line(), line({ productId: 'P-2', qty: 2 }), line({ productId: 'P-3' }));
    expect(() => reserveStock(state, all, NOON)).toThrow(
      expect.objectContaining({
        details: {
          lines: [
            { productId: 'P-3', sku: '', storeId: 'STORE-1', requested: 1, available: 0 },
            { productId: 'P-2', sku: 'SKU-2', storeId: 'STORE-1', requested: 2, available: 1 },
          ],
        },
      }),
    );
  });

  it('does nothing when the same reservation comes again, in whatever order', () => {
    const state = given(row(), row({ productId: 'P-2', sku: 'SKU-2' }));
    when(state, (stock, now) =>
      reserveStock(stock, command(line({ qty: 2 }), line({ productId: 'P-2' })), now),
    );
    const again = command(line({ productId: 'P-2' }), line(), line());
    expect(reserveStock(state, again, minutes(60))).toEqual([]);
  });

  it('refuses the same reservation with other lines', () => {
    const state = given(row());
    when(state, (stock, now) => reserveStock(stock, command(line({ qty: 2 })), now));
    expect(refusal(() => reserveStock(state, command(line({ qty: 3 })), NOON))).toBe('RESERVATION_MISMATCH');
    expect(refusal(() => reserveStock(state, command(line({ qty: 2, storeId: 'STORE-1-N' })), NOON))).toBe(
      'RESERVATION_MISMATCH',
    );
    expect(refusal(() => reserveStock(state, command(), NOON))).toBe('RESERVATION_MISMATCH');
  });

  it('tells when available stock falls to the reorder point, once', () => {
    const state = given(row({ reorderPoint: 7 }));
    const reserve = (reservationId: string, qty: number) =>
      namesOf(
        when(state, (stock, now) => reserveStock(stock, { ...command(line({ qty })), reservationId }, now)),
      );
    expect(reserve('R-1', 2)).toEqual(['reserved']);
    expect(reserve('R-2', 1)).toEqual(['reserved', 'low']);
    expect(reserve('R-3', 1)).toEqual(['reserved']);
  });

  it('checks the version where one is expected', () => {
    const state = given(row({ version: 4 }));
    expect(() => reserveStock(state, { ...command(line()), expectedVersion: 3 }, NOON)).toThrow(
      expect.objectContaining({ code: 'VERSION_CONFLICT', details: { currentVersion: 4 } }),
    );
  });
});
