import { describe, expect, it } from 'vitest';
import { adjustStock } from '#adjust-stock/decide.ts';
import { given, namesOf, NOON, refusal, row, when } from '#stock/stock.fixture.ts';
import { type SetStock, setStock } from './decide.ts';

const count = (changes: Partial<SetStock> = {}): SetStock => ({
  ...{ storeId: 'STORE-1', sku: 'SKU-1', productId: 'P-1', onHand: 10, adjustmentId: 'A-1' },
  ...{ reorderPoint: undefined, expectedVersion: undefined },
  ...changes,
});
const adjust = (delta: number, expectedVersion?: number) => ({
  ...{ storeId: 'STORE-1', sku: 'SKU-1', delta, expectedVersion },
  cause: { adjustmentId: 'A-1', reason: 'DAMAGED' },
});

describe('set stock', () => {
  it('creates a stock, also an empty one', () => {
    const state = given();
    const events = when(state, (stock, now) => setStock(stock, count({ onHand: 0, reorderPoint: 3 }), now));
    expect(namesOf(events)).toEqual(['adjusted']);
    expect(state.row('STORE-1', 'SKU-1')).toMatchObject({ onHand: 0, version: 1, reorderPoint: 3 });
  });

  it('tells the difference, and nothing when there is none', () => {
    const state = given(row({ onHand: 4 }));
    const [event] = when(state, (stock, now) => setStock(stock, count(), now));
    expect(event?.payload).toMatchObject({ delta: 6, onHand: 10, version: 2, reason: 'COUNT' });
    expect(setStock(state, count(), NOON)).toEqual([]);
  });

  it('moves the reorder point without an event, unless stock is low by it', () => {
    const state = given(row());
    expect(namesOf(when(state, (stock, now) => setStock(stock, count({ reorderPoint: 3 }), now)))).toEqual(
      [],
    );
    expect(namesOf(when(state, (stock, now) => setStock(stock, count({ reorderPoint: 12 }), now)))).toEqual([
      'low',
    ]);
    expect(state.row('STORE-1', 'SKU-1')).toMatchObject({ reorderPoint: 12, version: 3 });
  });

  it('never counts less than is reserved, nor for another product', () => {
    const state = given(row({ reserved: 5 }));
    expect(refusal(() => setStock(state, count({ onHand: 4 }), NOON))).toBe('NEGATIVE_STOCK');
    expect(refusal(() => setStock(state, count({ productId: 'P-9' }), NOON))).toBe('SKU_MISMATCH');
    expect(refusal(() => setStock(state, count({ storeId: 'STORE-1-N', productId: 'P-9' }), NOON))).toBe(
      'SKU_MISMATCH',
    );
    expect(refusal(() => setStock(state, count({ expectedVersion: 7 }), NOON))).toBe('VERSION_CONFLICT');
  });
});

describe('adjust stock', () => {
  it('changes what is on hand', () => {
    const state = given(row({ reorderPoint: 7 }));
    expect(namesOf(when(state, (stock) => adjustStock(stock, adjust(-3, 1))))).toEqual(['adjusted', 'low']);
    expect(state.row('STORE-1', 'SKU-1')).toMatchObject({ onHand: 7, version: 2 });
  });

  it('refuses to go below what is reserved, an old version, and what is not there', () => {
    const state = given(row({ reserved: 5 }));
    expect(refusal(() => adjustStock(state, adjust(-6)))).toBe('NEGATIVE_STOCK');
    expect(refusal(() => adjustStock(state, adjust(-1, 2)))).toBe('VERSION_CONFLICT');
    expect(refusal(() => adjustStock(given(), adjust(1)))).toBe('STOCK_NOT_FOUND');
    expect(refusal(() => adjustStock(state, adjust(1_000_000_000)))).toBe('STOCK_LIMIT');
  });
});
