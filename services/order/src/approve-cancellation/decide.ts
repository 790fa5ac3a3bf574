import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { checkVersion, existing, facts, type MaybeOrder, type Order } from '#order/order.ts';

export interface DecideCancellation {
  readonly actor: string;
  readonly reason: string | null;
  readonly now: Date;
  readonly expectedVersion?: number | undefined;
}

/** A second person agrees that the money goes back. What was agreed to already stays so without complaint. */
export function approveCancellation(maybe: MaybeOrder, command: DecideCancellation): OrderEvent[] {
  const order = existing(maybe);
  if (order.status === 'CANCELED' || order.cancellation?.awaitsApproval === false) return [];
  const { requestedBy } = waiting(order, command.expectedVersion);
  const { actor, reason, now } = command;
  if (requestedBy === actor) throw orderError('SELF_APPROVAL');
  return [
    {
      type: 'ecommerce.order.order.cancellation_approved.v1',
      payload: { ...facts(order, order.status), approvedBy: actor, reason, approvedAt: now },
    },
  ];
}

/** It is not agreed to, or whoever asked takes it back: the order stays paid. */
export function rejectCancellation(maybe: MaybeOrder, command: DecideCancellation): OrderEvent[] {
  const order = existing(maybe);
  waiting(order, command.expectedVersion);
  const { actor, reason, now } = command;
  return [
    {
      type: 'ecommerce.order.order.cancellation_rejected.v1',
      payload: { ...facts(order, order.status), rejectedBy: actor, reason, rejectedAt: now },
    },
  ];
}

function waiting(order: Order, expectedVersion: number | undefined) {
  checkVersion(order, expectedVersion);
  if (order.status !== 'PAID' || !order.cancellation?.awaitsApproval) {
    throw orderError('CANCELLATION_NOT_REQUESTED', { details: { orderStatus: order.status } });
  }
  return order.cancellation;
}
