import type { Handled } from '@tradewind/outbox/command-store.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { MaybeOrder, Order } from '#order/order.ts';
import type { Payments } from '#payments.ts';
import { completeRefund, failRefund } from '#refund-order/decide.ts';
import type { OrderStore } from '#store.ts';

export interface RefundDeps {
  readonly orders: OrderStore;
  readonly payments: Payments;
}

/**
 * The step of a refund that was promised: the payment-adapter pays it, once per refundId. Undefined where its outcome is not
 * known yet: the saga's timer asks again.
 */
export async function carryOutRefund(
  { orders, payments }: RefundDeps,
  order: Order,
  refundId: string,
  context: CommandContext,
  waitMs: number,
): Promise<Handled<MaybeOrder> | undefined> {
  const { orderId, paymentId, currency } = order;
  const refund = order.refunds.find((one) => one.refundId === refundId);
  if (refund?.state !== 'REQUESTED' || !paymentId) return undefined;
  const { amount, reason } = refund;
  const outcome = await payments.refund({ paymentId, refundId, amount, currency, reason }, context, waitMs);
  failpoint('refund.answered');
  if (outcome.status === 'PENDING') return undefined;
  const { transactionId, code } = outcome;
  const settled = await orders.handle(
    orderId,
    (latest, { now }) =>
      outcome.status === 'REFUNDED'
        ? completeRefund(latest, { refundId, transactionId }, now)
        : failRefund(latest, { refundId, code }, now),
    { context },
  );
  failpoint('refund.recorded');
  return settled;
}
