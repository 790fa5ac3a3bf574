import { unreachable } from '@tradewind/kernel/errors.ts';
import type { Order } from '#order/order.ts';

/** What the order's process manager does next, when its timer is due. */
export type Step = 'expire' | 'settle-payment' | 'refund';

export interface Saga {
  readonly step: string;
  /** The one thing that the order waits for; undefined closes the saga. */
  readonly timer: { readonly kind: Step; readonly dueAt: Date } | undefined;
}

/** A payment whose outcome is not known is asked after this long, and then again with growing pauses. */
const ASK_AFTER_MS = 5_000;

/**
 * The saga as a function of the order: each status waits for exactly one thing. It is stored in the transaction of the
 * event that led here, so a crash between two steps leaves a timer that goes on with it.
 */
export function sagaOf(order: Order, now: Date): Saga {
  switch (order.status) {
    case 'PENDING':
      return { step: 'awaiting-payment', timer: { kind: 'expire', dueAt: order.expiresAt } };
    case 'PAYMENT_PENDING':
      return {
        step: 'paying',
        timer: { kind: 'settle-payment', dueAt: new Date(now.getTime() + ASK_AFTER_MS) },
      };
    case 'PAID':
      return order.cancellation
        ? { step: 'refunding', timer: { kind: 'refund', dueAt: now } }
        : { step: 'paid', timer: undefined };
    case 'FULFILLED':
    case 'RETURNED':
    case 'CANCELED':
    case 'EXPIRED':
      return { step: order.status.toLowerCase(), timer: undefined };
    default:
      return unreachable(order.status);
  }
}
