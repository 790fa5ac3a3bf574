import { toDecimal } from '@tradewind/contracts/decimal.ts';
import type { PaymentEvent } from '#payment/events.ts';
import type { OrderPayments, Provider } from '#payment/payment.ts';

export interface SettleRefund {
  readonly refundId: string;
  /** The gateway's id of the refund. */
  readonly transactionId: string;
  readonly code: string;
  readonly provider: Provider;
  readonly attempt: number;
}

/** Records that the gateway paid back, once. */
export function settleRefund(
  state: OrderPayments,
  command: SettleRefund,
  now: Date,
): readonly PaymentEvent[] {
  const { refundId, transactionId, code, provider, attempt } = command;
  const refund = state.refunds.get(refundId);
  const payment = refund && state.payments.get(refund.paymentId);
  if (!refund || !payment || refund.status === 'REFUNDED' || refund.status === 'FAILED') return [];
  const { paymentId, orderId, userId, currency } = payment;
  return [
    {
      type: 'ecommerce.payment.payment.refunded.v1',
      payload: {
        ...{ paymentId, orderId, userId, currency, provider, attempt, refundId, transactionId, code },
        amount: toDecimal(refund.amount, currency),
        reason: refund.reason,
        refundedAt: now,
      },
    },
  ];
}
