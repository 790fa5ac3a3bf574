import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Cart, Checkout } from '#cart/cart.ts';
import { cartError } from '#errors.ts';
import type { CheckoutMetrics } from '#metrics.ts';
import type { OrderAnswer, Orders } from '#orders.ts';
import type { CartStore } from '#store.ts';
import { completeCheckout, reopenCart } from './decide.ts';

export interface CheckoutDeps {
  readonly store: CartStore;
  readonly orders: Orders;
  readonly metrics: CheckoutMetrics;
}

/** How a checkout stands after the order service was asked. */
export interface Settled {
  readonly answer: OrderAnswer;
  /** The cart as it is then. */
  readonly cart: Cart;
}

/** Who asks: only who began a checkout, or the timer long after everybody else, takes a refusal for the end of it. */
export type Asker = 'beginner' | 'another' | 'timer';

/**
 * Asks for the order that a begun checkout wants and stores what became of it. May be called by anybody at any time, and
 * by several at once: they ask for the same order.
 */
export async function settleCheckout(
  { store, orders, metrics }: CheckoutDeps,
  cart: Cart,
  checkout: Checkout,
  asker: Asker,
  context: CommandContext,
): Promise<Settled> {
  const { cartId } = cart;
  const answer = await orders.place(cartId, checkout.request, context);
  failpoint('checkout.ordered');
  // The first one's order may be under way still, and its pieces be the reason for the refusal of this one.
  const open = answer.kind === 'unknown' || (answer.kind === 'refused' && asker === 'another');
  if (open) return { answer, cart };
  const settled = await store.handle({
    cartIds: [cartId],
    context,
    decide(get, now) {
      const current = get(cartId);
      if (!current) throw cartError('CART_NOT_FOUND');
      if (answer.kind === 'refused') {
        const after = reopenCart(current, checkout.attemptId, now);
        return { decided: after === current ? [] : [{ cart: after, events: [] }], result: after };
      }
      const done = completeCheckout(current, { order: answer.order, checkout, now });
      if (done.cart === current) return { decided: [], result: current };
      // The reply belongs to the request that began it, even if that one does not live to send it.
      const { reply } = checkout;
      const replies = reply ? [{ ...reply, status: 201, body: answer.body, position: answer.position }] : [];
      return { decided: [done], replies, result: done.cart };
    },
  });
  failpoint('checkout.settled');
  metrics.settled(answer.kind);
  return { answer, cart: settled };
}
