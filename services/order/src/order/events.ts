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
    | 'refunded'
  >
>;

export type OrderEventType = OrderEvent['type'];
