import { describe, expect, it } from 'vitest';
import { codeMismatches, type CodedOrder, type CodeUse } from './p1-codes-add-up.ts';

const known = new Set(['S SPRING']);
const order = (status: string, codes = ['SPRING']): CodedOrder => ({
  orderId: 'O1',
  storeId: 'S',
  status,
  codes,
});
const use = (state: string, more: Partial<CodeUse> = {}): CodeUse => ({
  ...{ orderId: 'O1', storeId: 'S', code: 'SPRING', state, overdue: false },
  ...more,
});

describe('codes and orders', () => {
  it.each([
    ['PENDING', 'HELD'],
    ['PAID', 'USED'],
    ['CANCELED', 'RELEASED'],
  ])('agree: %s and %s', (status, state) => {
    expect(codeMismatches([order(status)], [use(state)], known)).toEqual([]);
  });

  it.each([
    ['PAID', 'HELD'],
    ['CANCELED', 'USED'],
    ['EXPIRED', 'HELD'],
  ])('differ: %s and %s', (status, state) => {
    expect(codeMismatches([order(status)], [use(state)], known)).toEqual([
      { subject: 'O1', what: `is ${status} and its use of SPRING ${state}` },
    ]);
  });

  it('differ where an order has no use of its code, unless only a promotion asks for it', () => {
    expect(codeMismatches([order('PAID')], [], known)).toHaveLength(1);
    expect(codeMismatches([order('PAID', ['VIP'])], [], known)).toEqual([]);
  });

  it('differ where a use has no order and should have lapsed, or was made', () => {
    expect(codeMismatches([], [use('HELD')], known)).toEqual([]);
    expect(codeMismatches([], [use('HELD', { overdue: true })], known)).toHaveLength(1);
    expect(codeMismatches([], [use('USED')], known)).toHaveLength(1);
  });
});
