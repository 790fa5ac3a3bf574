import { paymentError } from '#errors.ts';
import { type OrderPayments, type Refund, refundable } from '#payment/payment.ts';

export interface StartRefund {
  readonly refundId: string;
  readonly paymentId: string;
  /** Minor units; undefined = all that is left. */
  readonly amount: bigint | undefined;
  readonly reason: string | null;
}

/** The refund to record, or undefined where it is there already. Refunds under way count: never more than captured. */
export function startRefund(state: OrderPayments, command: StartRefund): Refund | undefined {
  const { refundId, paymentId, reason } = command;
  const payment = state.payments.get(paymentId);
  if (!payment) throw paymentError('PAYMENT_NOT_FOUND');
  const known = state.refunds.get(refundId);
  if (known) {
    const same = known.paymentId === paymentId && (command.amount ?? known.amount) === known.amount;
    if (!same) throw paymentError('REFUND_ID_REUSED');
    return undefined;
  }
  if (payment.status !== 'CAPTURED') throw paymentError('PAYMENT_NOT_CAPTURED');
  const left = refundable(state, payment);
  const amount = command.amount ?? left;
  if (command.amount !== undefined && command.amount <= 0n) throw paymentError('INVALID_AMOUNT');
  if (amount <= 0n || amount > left) throw paymentError('REFUND_EXCEEDS_CAPTURE');
  return {
    ...{ refundId, paymentId, amount, reason, currency: payment.currency },
    status: 'REQUESTED',
    claim: 1,
    transactionId: null,
    provider: null,
    code: null,
    tries: 0,
  };
}
