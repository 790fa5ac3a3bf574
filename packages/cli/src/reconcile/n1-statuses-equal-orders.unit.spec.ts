import { describe, expect, it } from 'vitest';
import { type KnownOrder, statusMismatches } from './n1-statuses-equal-orders.ts';

const order = (orderId: string, facts = 'ANN PAID 1290 USD', storeId = 'STORE-1'): KnownOrder => ({
  ...{ storeId, orderId, facts },
});

describe('N1', () => {
  it('finds orders that clients are told wrongly of, not at all, or that are none', () => {
    const orders = [order('A'), order('B'), order('C')];
    const told = [order('A'), order('B', 'ANN PENDING 1290 USD'), order('C', undefined, 'STORE-2')];
    expect(statusMismatches(orders, told)).toEqual([
      { subject: 'B', what: 'order: ANN PAID 1290 USD; told: ANN PENDING 1290 USD' },
      { subject: 'C', what: 'order: ANN PAID 1290 USD; told: nothing' },
      { subject: 'STORE-2 C', what: 'told: ANN PAID 1290 USD; no such order' },
    ]);
    expect(statusMismatches(orders, orders)).toEqual([]);
  });
});
