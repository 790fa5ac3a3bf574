import type { Handled } from '@tradewind/outbox/command-store.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import {
  abandonCancellation,
  cancellationRefundId,
  completeCancellation,
  mayPayBack,
} from '#cancel-order/decide.ts';
import { owed } from '#order/money.ts';
import type { MaybeOrder, Order } from '#order/order.ts';
import type { RefundOutcome } from '#payments.ts';
import type { RefundDeps } from './refund.ts';

const nothingOwed: RefundOutcome = { status: 'REFUNDED', transactionId: null, code: null };

/**
 * The step of a cancellation that was asked for, and agreed to where it had to be: the money goes back, then the order ends.
 * Undefined where that is not known yet: the saga's timer comes back to it.
 */
export async function carryOutCancellation(
  { orders, payments }: RefundDeps,
  order: Order,
  context: CommandContext,
  waitMs: number,
): Promise<Handled<MaybeOrder> | undefined> {
  const { orderId, paymentId, currency, cancellation } = order;
  if (!mayPayBack(order) || !cancellation || !paymentId) return undefined;
  const [refundId, amount] = [cancellationRefundId(order), owed(order)];
  const request = { paymentId, refundId, amount, currency, reason: cancellation.reason };
  const refund = amount === 0n ? nothingOwed : await payments.refund(request, context, waitMs);
  failpoint('cancel.refunded');
  if (refund.status === 'PENDING') return undefined;
  return orders.handle(
    orderId,
    (latest, { now }) =>
      refund.status === 'REFUNDED'
        ? completeCancellation(latest, { refundId, transactionId: refund.transactionId }, now)
        : abandonCancellation(latest, { refundId, code: refund.code }, now),
    { context },
  );
}
