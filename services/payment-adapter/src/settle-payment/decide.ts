import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { PaymentEvent } from '#payment/events.ts';
import { leftNothing, type OrderPayments, type Payment, type Provider } from '#payment/payment.ts';

export type PaymentOutcome =
  | { readonly kind: 'captured'; readonly transactionId: string; readonly code: string }
  | { readonly kind: 'declined'; readonly transactionId: string | null; readonly code: string }
  /** This service stops asking. Only the run that knows that nothing was sent may say so. */
  | { readonly kind: 'given-up'; readonly code: 'PAYMENT_UNAVAILABLE' | 'EXPIRED'; readonly claim: number };

export interface SettlePayment {
  readonly paymentId: string;
  readonly outcome: PaymentOutcome;
  readonly provider: Provider;
  readonly attempt: number;
}

const reasons = {
  PAYMENT_UNAVAILABLE: 'the gateway could not be reached; nothing was charged',
  EXPIRED: 'the gateway never saw the payment',
} as const;

/**
 * Records what became of a payment, once. A payment that is settled stays as it is, whatever comes later, but for a capture
 * of one that was given up: that money is on record too, and goes back.
 */
export function settlePayment(
  state: OrderPayments,
  command: SettlePayment,
  now: Date,
): readonly PaymentEvent[] {
  const payment = state.payments.get(command.paymentId);
  if (!payment) return [];
  const late = payment.status === 'FAILED' && command.outcome.kind === 'captured';
  if (isSettled(payment) && !late) return [];
  const { outcome, provider, attempt } = command;
  const { paymentId, orderId, userId, currency } = payment;
  const common = {
    ...{ paymentId, orderId, userId, currency, provider, attempt },
    amount: toDecimal(payment.amount, currency),
    code: outcome.code,
  };
  switch (outcome.kind) {
    case 'captured': {
      const { transactionId } = outcome;
      return [
        {
          type: 'ecommerce.payment.payment.authorized.v1',
          payload: { ...common, transactionId, authorizedAt: now },
        },
        {
          type: 'ecommerce.payment.payment.captured.v1',
          payload: { ...common, transactionId, capturedAt: now },
        },
      ];
    }
    case 'declined':
      return [failed({ ...common, transactionId: outcome.transactionId, reason: null, failedAt: now })];
    case 'given-up':
      // A later run may have charged meanwhile: it decides.
      if (outcome.claim !== payment.claim) return [];
      return [failed({ ...common, transactionId: null, reason: reasons[outcome.code], failedAt: now })];
    default:
      return outcome satisfies never;
  }
}

type Failed = Extract<PaymentEvent, { type: 'ecommerce.payment.payment.failed.v1' }>;

const failed = (payload: Failed['payload']): Failed => ({
  type: 'ecommerce.payment.payment.failed.v1',
  payload,
});

const isSettled = (payment: Payment): boolean => payment.status === 'CAPTURED' || leftNothing(payment);
