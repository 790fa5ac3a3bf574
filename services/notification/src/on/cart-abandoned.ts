import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

/** Told to customers who want to hear of such; a cart without a login is nobody's. */
export const onCartAbandoned = on(
  'ecommerce.cart.cart.abandoned.v1',
  'notification.on-cart-abandoned',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { cartId, userId, items } = event.payload;
      if (userId === null) return tell(event, delivery, undefined);
      return tell(event, delivery, {
        ...{ kind: 'cart-abandoned', recipient: userId, resource: `cart:${cartId}` },
        values: { cartId, items: items.map(({ productId, qty }) => ({ productId, qty: String(qty) })) },
      });
    },
);
