import { unreachable } from '@tradewind/kernel/errors.ts';
import type { MaybeOrder, Order } from '#order/order.ts';
import type { Refund, Shipment } from '#order/parts.ts';

/** What the order's process manager does next, when its timer is due. */
export type Step = 'expire' | 'settle-payment' | 'cancel' | 'refund' | 'ship' | 'track';

export interface Saga {
  readonly step: string;
  /** The one thing that it waits for; undefined closes the saga. */
  readonly timer?: { readonly kind: Step; readonly dueAt: Date };
  /** When somebody has to look why it is still open, where that is not soon after the timer is due. */
  readonly deadline?: Date;
}

/** A saga with its own id: the order's, or a shipment's or refund's, which go on beside the order's. */
export interface NamedSaga extends Saga {
  readonly sagaId: string;
}

/** What has no answer yet is asked after this long, and then again with growing pauses. */
const ASK_AFTER_MS = 5_000;
const DAY_MS = 86_400_000;
/** So long a shipment waits for its carrier; then it is given up. */
export const SHIP_WITHIN_MS = DAY_MS;
const DELIVER_WITHIN_MS = 30 * DAY_MS;

/** The sagas that a change moves on. Parts that it left alone are the same objects, and keep their timers. */
export function sagasOf(before: MaybeOrder, order: Order, now: Date): NamedSaga[] {
  const changed = <Part>(now: readonly Part[], were: readonly Part[] = []) =>
    now.filter((part) => !were.includes(part));
  return [
    { sagaId: order.orderId, ...sagaOf(order, now) },
    ...changed(order.shipments, before?.shipments).map((one) => ({
      sagaId: one.shipmentId,
      ...shipmentSaga(one, now),
    })),
    ...changed(order.refunds, before?.refunds).map((one) => ({
      sagaId: one.refundId,
      ...refundSaga(one, now),
    })),
  ];
}

/**
 * The saga as a function of the order: each status waits for exactly one thing. It is stored in the transaction of the
 * event that led here, so a crash between two steps leaves a timer that goes on with it.
 */
export function sagaOf(order: Order, now: Date): Saga {
  switch (order.status) {
    case 'PENDING':
      return { step: 'awaiting-payment', timer: { kind: 'expire', dueAt: order.expiresAt } };
    case 'PAYMENT_PENDING':
      return { step: 'paying', timer: { kind: 'settle-payment', dueAt: later(now, ASK_AFTER_MS) } };
    case 'PAID':
      if (!order.cancellation) return { step: 'paid' };
      if (order.cancellation.awaitsApproval) return { step: 'awaiting-approval' };
      return { step: 'refunding', timer: { kind: 'cancel', dueAt: later(now, ASK_AFTER_MS) } };
    case 'FULFILLED':
    case 'RETURNED':
    case 'CANCELED':
    case 'EXPIRED':
      return { step: order.status.toLowerCase() };
    default:
      return unreachable(order.status);
  }
}

function shipmentSaga({ state, requestedAt, shippedAt }: Shipment, now: Date): Saga {
  switch (state) {
    case 'REQUESTED':
      return {
        step: 'shipping',
        timer: { kind: 'ship', dueAt: later(now, ASK_AFTER_MS) },
        deadline: later(requestedAt, SHIP_WITHIN_MS),
      };
    case 'SHIPPED':
      return {
        step: 'tracking',
        timer: { kind: 'track', dueAt: later(now, ASK_AFTER_MS) },
        deadline: later(shippedAt ?? now, DELIVER_WITHIN_MS),
      };
    case 'DELIVERED':
    case 'FAILED':
      return { step: state.toLowerCase() };
    default:
      return unreachable(state);
  }
}

const refundSaga = ({ state }: Refund, now: Date): Saga =>
  state === 'REQUESTED'
    ? { step: 'refunding', timer: { kind: 'refund', dueAt: later(now, ASK_AFTER_MS) } }
    : { step: state.toLowerCase() };

const later = (from: Date, ms: number): Date => new Date(from.getTime() + ms);
