import { toDecimal } from '@tradewind/contracts/decimal.ts';
import { orderError } from '#errors.ts';
import type { OrderEvent } from '#order/events.ts';
import { checkVersion, existing, facts, itemsOf, type MaybeOrder, statusAfter } from '#order/order.ts';

/** Opens a payment. A payment that is open already is joined, not opened again: there is never a second charge. */
export function startPayment(
  maybe: MaybeOrder,
  paymentId: string,
  now: Date,
  expectedVersion?: number,
): OrderEvent[] {
  const order = existing(maybe);
  checkVersion(order, expectedVersion);
  if (order.status === 'PAYMENT_PENDING') return [];
  if (order.status !== 'PENDING' || order.expiresAt <= now) {
    throw orderError('ORDER_NOT_PAYABLE', { details: { orderStatus: order.status } });
  }
  return [
    {
      type: 'ecommerce.order.order.payment_pending.v1',
      payload: {
        ...facts(order, 'PAYMENT_PENDING'),
        paymentId,
        amount: toDecimal(order.total, order.currency),
      },
    },
  ];
}

/**
 * The money was taken. Only a repeat, or a payment that the order no longer waits for, changes nothing: once a payment is
 * given up, the payment-adapter pays back what is captured for it.
 */
export function markPaid(
  maybe: MaybeOrder,
  payment: { readonly paymentId: string; readonly transactionId: string | null },
  now: Date,
): OrderEvent[] {
  const order = existing(maybe);
  if (order.paymentId !== payment.paymentId) return [];
  const type = 'ecommerce.order.order.paid.v1';
  if (statusAfter(order, type) === undefined) return [];
  return [
    {
      type,
      payload: {
        ...facts(order, 'PAID'),
        paymentId: payment.paymentId,
        transactionId: payment.transactionId,
        items: itemsOf(order),
        paidAt: now,
      },
    },
  ];
}

/** The money was certainly not taken: the order may be paid anew until it expires. */
export function failPayment(
  maybe: MaybeOrder,
  payment: { readonly paymentId: string; readonly code: string; readonly reason: string | null },
): OrderEvent[] {
  const order = existing(maybe);
  if (order.status !== 'PAYMENT_PENDING' || order.paymentId !== payment.paymentId) return [];
  return [
    {
      type: 'ecommerce.order.order.payment_failed.v1',
      payload: {
        ...facts(order, 'PENDING'),
        paymentId: payment.paymentId,
        amount: toDecimal(order.total, order.currency),
        code: payment.code,
        reason: payment.reason,
      },
    },
  ];
}
