import type { OrderEvent } from '#order/events.ts';
import { existing, facts, itemsOf, type MaybeOrder } from '#order/order.ts';

/** The time to pay is over. While a payment is open its outcome comes first. */
export function expireOrder(maybe: MaybeOrder, now: Date): OrderEvent[] {
  const order = existing(maybe);
  if (order.status !== 'PENDING' || order.expiresAt > now) return [];
  return [
    {
      type: 'ecommerce.order.order.expired.v1',
      payload: {
        ...facts(order, 'EXPIRED'),
        items: itemsOf(order),
        previousStatus: order.status,
        reservationId: order.reservationId,
        expiredAt: now,
      },
    },
  ];
}
