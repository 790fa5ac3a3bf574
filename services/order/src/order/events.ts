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

/** What comes after `ecommerce.order.order.` and before `.v1`. */
export type OrderEventName = OrderEventType extends Of<infer Name> ? Name : never;

/** One event of the order's stream, by its short name. */
export type OrderEventOf<Name extends OrderEventName> = Extract<OrderEvent, { type: Of<Name> }>;

export const isOrderEvent = <Name extends OrderEventName>(
  event: OrderEvent,
  name: Name,
): event is OrderEventOf<Name> => event.type === `ecommerce.order.order.${name}.v1`;
