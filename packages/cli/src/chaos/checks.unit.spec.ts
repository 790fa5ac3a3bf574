import { describe, expect, it } from 'vitest';
import { brokenPromises, oversold, wrongStock } from './checks.ts';
import type { Acknowledged } from './records.ts';

const told = (kind: Acknowledged['kind'], orderId: string): Acknowledged => ({
  kind,
  orderId,
  client: 0,
  idempotencyKey: `key-${orderId}`,
});
const goods = [{ productId: 'P-1', sku: 'A', stock: 10 }];

describe('checks after a chaos run', () => {
  it('find an order, a payment and a cancellation that were acknowledged and are not there', () => {
    const acknowledged = [
      told('order', 'lost'),
      told('order', 'unpaid'),
      told('payment', 'unpaid'),
      told('order', 'open'),
      told('cancellation', 'open'),
    ];
    const orders = [
      { orderId: 'unpaid', status: 'PENDING' },
      { orderId: 'open', status: 'PENDING' },
    ];
    expect(brokenPromises(acknowledged, orders).map(({ rule }) => rule)).toEqual([
      'lost order',
      'lost payment',
      'lost cancellation',
    ]);
  });

  it('accept a paid order that was canceled afterwards', () => {
    const acknowledged = [told('order', 'o'), told('payment', 'o'), told('cancellation', 'o')];
    expect(brokenPromises(acknowledged, [{ orderId: 'o', status: 'CANCELED' }])).toEqual([]);
    expect(brokenPromises(acknowledged, [{ orderId: 'o', status: 'PAID' }])).toHaveLength(1);
  });

  it('find more pieces sold than there were', () => {
    expect(oversold(goods, [{ productId: 'P-1', pieces: 10 }])).toEqual([]);
    expect(oversold(goods, [{ productId: 'P-1', pieces: 11 }])).toMatchObject([
      { rule: 'oversell', subject: 'A' },
    ]);
  });

  it('find stock that does not add up', () => {
    const row = { sku: 'A', onHand: 7, reserved: 2, held: 2, committed: 3 };
    expect(wrongStock(goods, [row])).toEqual([]);
    expect(wrongStock(goods, [{ ...row, onHand: 6 }])).toHaveLength(1);
    expect(wrongStock(goods, [{ ...row, reserved: 3 }])).toHaveLength(1);
    expect(wrongStock(goods, [])).toHaveLength(1);
  });
});
