import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, type Order } from '#order/order.ts';

/** What the policy says about this caller and this order. */
export type MayCancel = (order: Order) => boolean;

export interface CancelOrder {
  readonly actor: string;
  readonly reason: string | null;
  readonly mayCancel: MayCancel;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/**
 * A PENDING order is canceled at once; a PAID one by the refund saga: the request is noted, the money goes back, then it
 * is canceled. A canceled order stays so without complaint.
 */
export function cancelOrder(maybe: MaybeOrder, command: CancelOrder): OrderEvent[] {
  const order = existing(maybe);
  checkVersion(order, command.expectedVersion);
  if (order.status === 'CANCELED') return [];
  if (order.status !== 'PENDING' && order.status !== 'PAID') {
    throw orderError('ORDER_NOT_CANCELABLE', { details: { orderStatus: order.status } });
  }
  if (!command.mayCancel(order)) throw orderError('FORBIDDEN', { details: { orderStatus: order.status } });
  if (order.status === 'PENDING') return [canceled(order, command.actor, command.reason, command.now)];
  if (order.cancellation) return [];
  return [
    {
      type: 'ecommerce.order.order.cancellation_requested.v1',
      payload: {
        ...facts(order, order.status),
        reason: command.reason,
        requestedBy: command.actor,
        approvalRequired: false,
        requestedAt: command.now,
      },
    },
  ];
}

/** The refund of a requested cancellation has gone through: the order ends here. */
export function completeCancellation(
  maybe: MaybeOrder,
  refund: { readonly refundId: string; readonly transactionId: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  if (order.status !== 'PAID' || !order.cancellation) return [];
  const { requestedBy, reason } = order.cancellation;
  const end = canceled(order, requestedBy, reason, now);
  if (owed(order) === 0n) return [end];
  return [
    {
      type: 'ecommerce.order.order.refunded.v1',
      payload: {
        ...facts(order, order.status),
        refundId: refund.refundId,
        amount: toDecimal(owed(order), order.currency),
        refundedTotal: toDecimal(order.captured, order.currency),
        paymentId: order.paymentId ?? '',
        transactionId: refund.transactionId,
        returnId: null,
        reason,
        refundedAt: now,
      },
    },
    end,
  ];
}

/** What is kept of the customer's money, in minor units. */
export const owed = ({ captured, refunded }: Order): bigint => captured - refunded;

function canceled(order: Order, canceledBy: string, reason: string | null, now: Date): OrderEvent {
  return {
    type: 'ecommerce.order.order.canceled.v1',
    payload: {
      ...facts(order, 'CANCELED'),
      reason,
      canceledBy,
      items: itemsOf(order),
      previousStatus: order.status,
      canceledAt: now,
    },
  };
}
