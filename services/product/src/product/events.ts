import type { DomainEvent } from '@tradewind/outbox/encoder.ts';

/** What can happen to a product. Each event carries the version that it leads to. */
export type ProductEvent = DomainEvent<
  | 'ecommerce.product.product.created.v1'
  | 'ecommerce.product.product.updated.v1'
  | 'ecommerce.product.product.archived.v1'
  | 'ecommerce.product.price.changed.v1'
>;
