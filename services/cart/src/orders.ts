import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { MadeOrder, OrderRequest } from '#cart/cart.ts';

/** What became of an order that was asked for. */
export type OrderAnswer =
  /** It exists; `body` is the order service's own reply, `position` where it wrote. */
  | { readonly kind: 'made'; readonly order: MadeOrder; readonly body: string; readonly position?: string }
  /** It was refused, and nothing is left of it. */
  | { readonly kind: 'refused'; readonly refusal: Error }
  /** Nobody knows: it may exist, or come to be. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** What the cart service needs of the order service. */
export interface Orders {
  /** Makes the cart's order, or tells what became of it: a cart's order is made at most once. Never throws. */
  place(cartId: string, request: OrderRequest, context: CommandContext): Promise<OrderAnswer>;
}
