import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { Cart } from './cart.ts';

/** The events that this service decides. Their payloads are the contract's. */
export type CartEvent = DomainEvent<
  'ecommerce.cart.cart.checked_out.v1' | 'ecommerce.cart.cart.abandoned.v1'
>;

/** What a command leads to: the cart as it stands then (the same object = nothing changed), and what to tell of it. */
export interface Decided {
  readonly cart: Cart;
  readonly events: readonly CartEvent[];
}
