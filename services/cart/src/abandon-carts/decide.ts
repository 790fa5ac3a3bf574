import { type Cart, moved } from '#cart/cart.ts';
import type { Decided } from '#cart/events.ts';

/** Gives up a cart that holds something and was not touched for `idleMs`; anything else stays as it is. */
export function abandonCart(cart: Cart, idleMs: number, now: Date): Decided {
  const idle = now.getTime() - cart.updatedAt.getTime() >= idleMs;
  if (cart.status !== 'OPEN' || cart.items.length === 0 || !idle) return { cart, events: [] };
  const { cartId, userId, items, codes, updatedAt } = cart;
  return {
    cart: moved(cart, { status: 'ABANDONED' }, now),
    events: [
      {
        type: 'ecommerce.cart.cart.abandoned.v1',
        payload: {
          cartId,
          userId,
          items: items.map(({ productId, qty }) => ({ productId, qty })),
          codes,
          lastChangedAt: updatedAt,
          abandonedAt: now,
        },
      },
    ],
  };
}
