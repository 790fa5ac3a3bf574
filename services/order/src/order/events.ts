import type { DomainEvent } from '@tradewind/outbox/encoder.ts';

type Of<Name extends string> = `ecommerce.order.order.${Name}.v1`;

/** The events that this service decides. Their payloads are the contract's. */
export type OrderEvent = DomainEvent<
  Of<
    | 'created'
    | 'payment_pending'
    | 'payment_failed'
    | 'paid'
    | 'canceled'
    | 'expired'
    | 'fulfilled'
    | 'cancellation_requested'
    | 'cancellation_approved'
    | 'cancellation_rejected'
    | 'picked'
    | 'shipment_requested'
    | 'shipment_failed'
    | 'shipped'
    | 'delivered'
    | 'return_requested'
    | 'return_approved'
    | 'return_rejected'
    | 'returned'
    | 'refund_requested'
    | 'refunded'
    | 'refund_failed'
  >
>;

export type OrderEventType = OrderEvent['type'];
