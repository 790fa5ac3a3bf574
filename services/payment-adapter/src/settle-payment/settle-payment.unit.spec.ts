import { describe, expect, it } from 'vitest';
import { fold } from '@tradewind/kernel/decider.ts';
import { evolve, noPayments, type Payment, requested } from '#payment/payment.ts';
import { type PaymentOutcome, settlePayment } from './decide.ts';

const now = new Date('2026-01-01T00:00:00Z');
const payment: Payment = {
  ...{
    paymentId: 'p1',
    orderId: 'o1',
    userId: 'u1',
    amount: 1_250n,
    currency: 'USD',
    status: 'REQUESTED',
    claim: 2,
  },
  ...{ transactionId: null, provider: null, code: null, tries: 0 },
};
const settle = (state: Partial<Payment>, outcome: PaymentOutcome) =>
  settlePayment(
    requested(noPayments, { ...payment, ...state }),
    { paymentId: 'p1', outcome, provider: 'SOAP', attempt: 3 },
    now,
  );
const captured: PaymentOutcome = { kind: 'captured', transactionId: 't1', code: '00' };

describe('settlePayment', () => {
  it('authorizes and captures at once', () => {
    const events = settle({}, captured);
    expect(events.map(({ type }) => type)).toEqual([
      'ecommerce.payment.payment.authorized.v1',
      'ecommerce.payment.payment.captured.v1',
    ]);
    expect(events[1]?.payload).toMatchObject({
      amount: 125_000n,
      transactionId: 't1',
      attempt: 3,
      capturedAt: now,
    });
  });

  it('fails with the gateway’s code', () => {
    const [event] = settle(
      { status: 'UNKNOWN' },
      { kind: 'declined', transactionId: 't1', code: 'CARD_DECLINED' },
    );
    expect(event).toMatchObject({
      type: 'ecommerce.payment.payment.failed.v1',
      payload: { code: 'CARD_DECLINED' },
    });
  });

  it('is given up only by the latest run', () => {
    expect(settle({}, { kind: 'given-up', code: 'PAYMENT_UNAVAILABLE', claim: 1 })).toEqual([]);
    expect(settle({}, { kind: 'given-up', code: 'PAYMENT_UNAVAILABLE', claim: 2 })).toHaveLength(1);
  });

  it.each(['CAPTURED', 'REVERSED'] as const)('leaves a payment that is %s alone', (status) => {
    expect(settle({ status }, captured)).toEqual([]);
  });

  it('puts a capture on record that comes after it was given up, and nothing else', () => {
    const state = requested(noPayments, { ...payment, status: 'FAILED', code: 'EXPIRED' });
    const events = settle({ status: 'FAILED' }, captured);
    expect(events.map(({ type }) => type)).toEqual([
      'ecommerce.payment.payment.authorized.v1',
      'ecommerce.payment.payment.captured.v1',
    ]);
    const after = fold(evolve, state, events);
    expect(after.payments.get('p1')).toMatchObject({
      status: 'REVERSED',
      code: 'EXPIRED',
      transactionId: 't1',
    });
    expect([...after.refunds.values()]).toMatchObject([
      { paymentId: 'p1', amount: 1_250n, status: 'REQUESTED' },
    ]);
    expect(settle({ status: 'FAILED' }, { kind: 'declined', transactionId: null, code: 'X' })).toEqual([]);
  });

  it('knows nothing of other payments', () => {
    expect(
      settlePayment(noPayments, { paymentId: 'p1', outcome: captured, provider: 'SOAP', attempt: 1 }, now),
    ).toEqual([]);
  });
});
