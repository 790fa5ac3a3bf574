import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { PaymentEvent } from '#payment/events.ts';

export type Provider = 'SOAP' | 'REST';

/**
 * REQUESTED → AUTHORIZED → CAPTURED | FAILED; UNKNOWN while nobody can tell. CAPTURED has no way out. FAILED has one: the
 * gateway captured all the same, and as others were told of a failure, the money goes back (REVERSED). REQUESTED and
 * UNKNOWN are notes of this service, not events: nothing has happened that others could act on.
 */
export type PaymentStatus = 'REQUESTED' | 'UNKNOWN' | 'AUTHORIZED' | 'CAPTURED' | 'FAILED' | 'REVERSED';
export type RefundStatus = 'REQUESTED' | 'UNKNOWN' | 'REFUNDED' | 'FAILED';

/** Amounts are minor units of `currency`. */
export interface Payment {
  readonly paymentId: string;
  readonly orderId: string;
  readonly userId: string | null;
  readonly amount: bigint;
  readonly currency: string;
  readonly status: PaymentStatus;
  /** Number of the latest run at the gateway. */
  readonly claim: number;
  readonly transactionId: string | null;
  readonly provider: string | null;
  readonly code: string | null;
  readonly tries: number;
}

export interface Refund {
  readonly refundId: string;
  readonly paymentId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string | null;
  readonly status: RefundStatus;
  readonly claim: number;
  readonly transactionId: string | null;
  readonly provider: string | null;
  readonly code: string | null;
  readonly tries: number;
}

/** All payments of one order, with their refunds. */
export interface OrderPayments {
  readonly payments: ReadonlyMap<string, Payment>;
  readonly refunds: ReadonlyMap<string, Refund>;
}

export const noPayments: OrderPayments = { payments: new Map(), refunds: new Map() };

/** A payment that was asked for; nothing has been sent yet. */
export function requested(state: OrderPayments, payment: Payment): OrderPayments {
  return { ...state, payments: new Map(state.payments).set(payment.paymentId, payment) };
}

export function refundRequested(state: OrderPayments, refund: Refund): OrderPayments {
  return { ...state, refunds: new Map(state.refunds).set(refund.refundId, refund) };
}

/** What is left of a payment to be paid back: refunds under way count as paid. */
export function refundable(state: OrderPayments, payment: Payment): bigint {
  if (payment.status !== 'CAPTURED') return 0n;
  let left = payment.amount;
  for (const { paymentId, status, amount } of state.refunds.values()) {
    if (paymentId === payment.paymentId && status !== 'FAILED') left -= amount;
  }
  return left;
}

export function evolve(state: OrderPayments, event: PaymentEvent): OrderPayments {
  switch (event.type) {
    case 'ecommerce.payment.payment.authorized.v1':
      return authorized(state, event.payload);
    case 'ecommerce.payment.payment.captured.v1':
      return captured(state, event.payload);
    case 'ecommerce.payment.payment.failed.v1':
      return paymentBecomes(state, 'FAILED', event.payload);
    case 'ecommerce.payment.payment.refunded.v1': {
      const { refundId, paymentId, amount, currency, reason, transactionId, provider, code, attempt } =
        event.payload;
      const claim = state.refunds.get(refundId)?.claim ?? 1;
      return refundRequested(state, {
        ...{ refundId, paymentId, currency, reason, transactionId, provider, code, claim },
        amount: fromDecimal(amount, currency),
        status: 'REFUNDED',
        tries: attempt,
      });
    }
    default:
      return event satisfies never;
  }
}

interface Outcome {
  readonly paymentId: string;
  readonly transactionId: string | null;
  readonly provider: string;
  readonly code: string | null;
  readonly attempt: number;
}

/** Of a payment that was given up only the capture counts, which turns it around. */
function authorized(state: OrderPayments, outcome: Outcome): OrderPayments {
  const late = state.payments.get(outcome.paymentId)?.status === 'FAILED';
  return late ? state : paymentBecomes(state, 'AUTHORIZED', outcome);
}

function captured(state: OrderPayments, outcome: Outcome): OrderPayments {
  const payment = state.payments.get(outcome.paymentId);
  if (payment?.status !== 'FAILED') return paymentBecomes(state, 'CAPTURED', outcome);
  const { transactionId, provider, attempt: tries } = outcome;
  const reversed = requested(state, { ...payment, status: 'REVERSED', transactionId, provider, tries });
  return refundRequested(reversed, reversalOf(payment));
}

/** The refund of a late capture: one per payment, whatever finds the capture. */
function reversalOf({ paymentId, amount, currency }: Payment): Refund {
  return {
    ...{
      refundId: reversalId(paymentId),
      paymentId,
      amount,
      currency,
      reason: 'captured after it was given up',
    },
    ...{ status: 'REQUESTED', claim: 1, transactionId: null, provider: null, code: null, tries: 0 },
  };
}

export const reversalId = (paymentId: string): string => `late-${paymentId}`;

/** Nothing is, or will be, kept of it. */
export const leftNothing = ({ status }: Payment): boolean => status === 'FAILED' || status === 'REVERSED';

function paymentBecomes(state: OrderPayments, status: PaymentStatus, outcome: Outcome): OrderPayments {
  const payment = state.payments.get(outcome.paymentId);
  if (!payment) return state;
  const { transactionId, provider, code, attempt: tries } = outcome;
  return requested(state, { ...payment, status, transactionId, provider, code, tries });
}
