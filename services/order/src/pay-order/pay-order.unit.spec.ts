import { describe, expect, it } from 'vitest';
import { given, LATER, names, NOW, place } from '#order/order.fixture.ts';
import { cancelOrder } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { failPayment, markPaid, startPayment } from './decide.ts';

const pending = given(...place);
const paying = given(...place, ...startPayment(pending, 'PAY-1', NOW));
const captured = { paymentId: 'PAY-1', transactionId: 'T-1' };
const paid = given(...place, ...startPayment(pending, 'PAY-1', NOW), ...markPaid(paying, captured, NOW));

describe('paying an order', () => {
  it('opens one payment; a second try joins it', () => {
    expect(names(startPayment(pending, 'PAY-1', NOW))).toEqual(['payment_pending']);
    expect(startPayment(paying, 'PAY-2', NOW)).toEqual([]);
  });

  it('is refused when the time is over, and when it is paid', () => {
    for (const [order, now] of [
      [pending, LATER],
      [paid, NOW],
    ] as const) {
      expect(() => startPayment(order, 'PAY-2', now)).toThrow(
        expect.objectContaining({ code: 'ORDER_NOT_PAYABLE' }),
      );
    }
  });

  it('is refused for an order that is not there', () => {
    expect(() => startPayment(undefined, 'PAY-1', NOW)).toThrow(
      expect.objectContaining({ code: 'ORDER_NOT_FOUND' }),
    );
  });

  it('ends in PAID, once', () => {
    expect(paid).toMatchObject({ status: 'PAID', captured: 12_950n, transactionId: 'T-1' });
    expect(markPaid(paid, captured, NOW)).toEqual([]);
  });

  it('can be tried again after a decline', () => {
    const failed = given(
      ...place,
      ...startPayment(pending, 'PAY-1', NOW),
      ...failPayment(paying, { paymentId: 'PAY-1', code: 'DECLINED', reason: null }),
    );
    expect(failed.status).toBe('PENDING');
    expect(names(startPayment(failed, 'PAY-2', NOW))).toEqual(['payment_pending']);
  });

  it('ignores the outcome of another payment', () => {
    expect(markPaid(paying, { paymentId: 'PAY-0', transactionId: null }, NOW)).toEqual([]);
    expect(failPayment(paying, { paymentId: 'PAY-0', code: 'X', reason: null })).toEqual([]);
  });

  it('keeps the order from expiring and from being canceled while its outcome is open', () => {
    expect(expireOrder(paying, LATER)).toEqual([]);
    const command = { actor: 'USER-9', reason: null, now: NOW, mayCancel: () => true };
    expect(() => cancelOrder(paying, command)).toThrow(
      expect.objectContaining({ code: 'ORDER_NOT_CANCELABLE' }),
    );
  });
});
