import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { owed } from '#order/money.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, type Order } from '#order/order.ts';

/** What the policy says about this caller and this order. */
export type MayCancel = (order: Order) => boolean;

export interface CancelOrder {
  readonly actor: string;
  readonly reason: string | null;
  readonly mayCancel: MayCancel;
  /** Whether so much money goes back only when a second person agrees. */
  readonly needsApproval: (order: Order) => boolean;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/**
 * A PENDING order is canceled at once; a PAID one by the refund saga: the request is noted, somebody else agrees where it is
 * much money, the money goes back, then it is canceled. A canceled order stays so without complaint.
 */
export function cancelOrder(maybe: MaybeOrder, command: CancelOrder): OrderEvent[] {
  const order = existing(maybe);
  checkVersion(order, command.expectedVersion);
  if (order.status === 'CANCELED') return [];
  if (order.status !== 'PENDING' && order.status !== 'PAID') throw notCancelable(order);
  if (!command.mayCancel(order)) throw orderError('FORBIDDEN', { details: { orderStatus: order.status } });
  if (order.status === 'PENDING') return [canceled(order, command.actor, command.reason, command.now)];
  if (order.cancellation) return [];
  // Pieces with a carrier come back as a return.
  if (order.shipments.some(({ state }) => state !== 'FAILED')) throw notCancelable(order);
  return [
    {
      type: 'ecommerce.order.order.cancellation_requested.v1',
      payload: {
        ...facts(order, order.status),
        reason: command.reason,
        requestedBy: command.actor,
        approvalRequired: command.needsApproval(order),
        requestedAt: command.now,
      },
    },
  ];
}

/** The refund that a cancellation asks for. One that the gateway refused is over; the next request has an id of its own. */
export function cancellationRefundId({ paymentId, refunds }: Order): string {
  const first = `cancel-${paymentId}`;
  const failed = refunds.filter(({ refundId }) => refundId.startsWith(first)).length;
  return failed === 0 ? first : `${first}-${failed + 1}`;
}

/**
 * Whether the cancellation's refund may run: it is agreed to, and what is left is known, because no other refund is under
 * way.
 */
export const mayPayBack = ({ status, cancellation, refunds }: Order): boolean =>
  status === 'PAID' &&
  cancellation?.awaitsApproval === false &&
  !refunds.some(({ state }) => state === 'REQUESTED');

/** The refund of a requested cancellation has gone through: the order ends here. */
export function completeCancellation(
  maybe: MaybeOrder,
  refund: { readonly refundId: string; readonly transactionId: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  if (!order.cancellation || !mayPayBack(order)) return [];
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
        ...{ reason, requestedBy },
        refundedAt: now,
      },
    },
    end,
  ];
}

/** The gateway refused the refund: no money moved, so the order stays paid and may be canceled anew. */
export function abandonCancellation(
  maybe: MaybeOrder,
  refund: { readonly refundId: string; readonly code: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  const { refundId, code } = refund;
  if (!mayPayBack(order) || cancellationRefundId(order) !== refundId) return [];
  return [
    {
      type: 'ecommerce.order.order.refund_failed.v1',
      payload: {
        ...facts(order, order.status),
        ...{ refundId, code, returnId: null, failedAt: now },
        amount: toDecimal(owed(order), order.currency),
      },
    },
    {
      type: 'ecommerce.order.order.cancellation_rejected.v1',
      payload: {
        ...facts(order, order.status),
        ...{ rejectedBy: 'order', reason: 'REFUND_REFUSED', rejectedAt: now },
      },
    },
  ];
}

function notCancelable({ status, shipments }: Order) {
  const sent = shipments.filter(({ state }) => state !== 'FAILED').map(({ shipmentId }) => shipmentId);
  return orderError('ORDER_NOT_CANCELABLE', { details: { orderStatus: status, shipments: sent } });
}

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
