import type { DomainEvent } from '@tradewind/outbox/encoder.ts';

/** Events of the aggregate "payments of one order". */
export type PaymentEvent = DomainEvent<
  | 'ecommerce.payment.payment.authorized.v1'
  | 'ecommerce.payment.payment.captured.v1'
  | 'ecommerce.payment.payment.failed.v1'
  | 'ecommerce.payment.payment.refunded.v1'
>;
