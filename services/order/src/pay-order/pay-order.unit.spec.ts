import { describe, expect, it } from 'vitest';
import { given, LATER, names, NOW, place } from '#order/order.fixture.ts';
import { cancelOrder } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import type { Payments } from '#payments.ts';
import { failPayment, markPaid, startPayment } from './decide.ts';
import { callPayment, type PayDeps } from './pay.ts';

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

  it('is not paid by a payment that was given up: the payment-adapter gives that back', () => {
    const failed = given(
      ...place,
      ...startPayment(pending, 'PAY-1', NOW),
      ...failPayment(paying, { paymentId: 'PAY-1', code: 'EXPIRED', reason: null }),
    );
    expect(markPaid(failed, captured, NOW)).toEqual([]);
  });

  it('is refused on a version that is gone', () => {
    expect(() => startPayment(pending, 'PAY-1', NOW, 7)).toThrow(
      expect.objectContaining({ code: 'VERSION_CONFLICT', details: { currentVersion: 1 } }),
    );
    expect(names(startPayment(pending, 'PAY-1', NOW, 1))).toEqual(['payment_pending']);
  });

  it('charges nothing for an order of nothing', async () => {
    const payments = { pay: () => Promise.reject(new Error('nobody is asked')) } as unknown as Payments;
    const context = { storeId: 'STORE-1', correlationId: 'C', causationId: null };
    const deps = { payments } as PayDeps;
    const outcome = await callPayment(deps, { ...paying, total: 0n }, undefined, context, 10);
    expect(outcome).toMatchObject({ status: 'CAPTURED', paymentId: 'PAY-1' });
  });

  it('ignores the outcome of another payment', () => {
    expect(markPaid(paying, { paymentId: 'PAY-0', transactionId: null }, NOW)).toEqual([]);
    expect(failPayment(paying, { paymentId: 'PAY-0', code: 'X', reason: null })).toEqual([]);
  });

  it('keeps the order from expiring and from being canceled while its outcome is open', () => {
    expect(expireOrder(paying, LATER)).toEqual([]);
    const rules = { mayCancel: () => true, needsApproval: () => false };
    const command = { actor: 'USER-9', reason: null, now: NOW, ...rules };
    expect(() => cancelOrder(paying, command)).toThrow(
      expect.objectContaining({ code: 'ORDER_NOT_CANCELABLE' }),
    );
  });
});
