import { describe, expect, it } from 'vitest';
import { markPaid, startPayment } from '#pay-order/decide.ts';
import { given, names, NOW, order, place, usd } from '#order/order.fixture.ts';
import { placeOrder } from '#place-order/decide.ts';
import { cancelOrder, completeCancellation } from './decide.ts';

const command = { actor: 'ADMIN-1', reason: 'gone', now: NOW, mayCancel: () => true };
const pending = given(...place);
const opened = startPayment(pending, 'PAY-1', NOW);
const payments = [
  ...opened,
  ...markPaid(given(...place, ...opened), { paymentId: 'PAY-1', transactionId: 'T' }, NOW),
];
const paid = given(...place, ...payments);
const requested = cancelOrder(paid, command);
const canceling = given(...place, ...payments, ...requested);

describe('canceling an order', () => {
  it('ends a pending one at once', () => {
    expect(names(cancelOrder(pending, command))).toEqual(['canceled']);
  });

  it('asks the policy', () => {
    expect(() => cancelOrder(pending, { ...command, mayCancel: () => false })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    );
  });

  it('is refused on a version that is gone', () => {
    expect(() => cancelOrder(paid, { ...command, expectedVersion: 1 })).toThrow(
      expect.objectContaining({ code: 'VERSION_CONFLICT', details: { currentVersion: 3 } }),
    );
    expect(names(cancelOrder(paid, { ...command, expectedVersion: 3 }))).toEqual(['cancellation_requested']);
  });

  it('gives nothing back where nothing was paid', () => {
    const gift = placeOrder(undefined, { ...order, lines: [{ ...order.lines[0]!, price: 0n, total: 0n }] });
    const open = startPayment(given(...gift), 'PAY-1', NOW);
    const paidGift = [
      ...open,
      ...markPaid(given(...gift, ...open), { paymentId: 'PAY-1', transactionId: null }, NOW),
    ];
    const asked = cancelOrder(given(...gift, ...paidGift), command);
    const refund = { refundId: 'R', transactionId: null };
    const done = completeCancellation(given(...gift, ...paidGift, ...asked), refund, NOW);
    expect(names(done)).toEqual(['canceled']);
  });

  it('refunds a paid one first, all of it, once', () => {
    expect(names(requested)).toEqual(['cancellation_requested']);
    expect(cancelOrder(canceling, command)).toEqual([]);
    const done = completeCancellation(canceling, { refundId: 'R', transactionId: 'T' }, NOW);
    expect(names(done)).toEqual(['refunded', 'canceled']);
    expect(done[0]?.payload).toMatchObject({ amount: usd(12_950n), refundedTotal: usd(12_950n) });
    const canceled = given(...place, ...payments, ...requested, ...done);
    expect(canceled).toMatchObject({ status: 'CANCELED', refunded: 12_950n });
    expect(completeCancellation(canceled, { refundId: 'R', transactionId: 'T' }, NOW)).toEqual([]);
    expect(cancelOrder(canceled, command)).toEqual([]);
  });
});
