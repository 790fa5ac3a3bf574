import { toDecimal } from '@tradewind/contracts/decimal.ts';
import {
  type Cart,
  changeable,
  type Checkout,
  type CheckoutReply,
  type MadeOrder,
  moved,
  type OrderRequest,
  refuseClosed,
  touched,
} from '#cart/cart.ts';
import type { Decided } from '#cart/events.ts';
import { cartError } from '#errors.ts';

export interface BeginCheckout {
  readonly userId: string;
  readonly segment: string | undefined;
  readonly attemptId: string;
  readonly correlationId: string;
  readonly reply: CheckoutReply | null;
  /** In place of the cart's own. */
  readonly shippingAddress: Readonly<Record<string, string>> | undefined;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/**
 * Freezes what will be ordered. One that is under way already stays as it was begun; it is a version of its own all the
 * same, because the time in which its order may still come to be begins anew.
 */
export function beginCheckout(cart: Cart, command: BeginCheckout): Cart {
  if (cart.status === 'CHECKING_OUT') return moved(cart, {}, command.now);
  const { userId, attemptId, correlationId, reply, expectedVersion, now } = command;
  refuseClosed(cart);
  changeable(cart, expectedVersion);
  if (cart.items.length === 0) throw cartError('CART_EMPTY');
  const request = requestOf(cart, command);
  const checkout: Checkout = { attemptId, request, reply, correlationId };
  return moved(cart, { status: 'CHECKING_OUT', userId, checkout }, now);
}

function requestOf(
  { items, codes, currency, shipping }: Cart,
  { userId, segment, shippingAddress = shipping?.address }: BeginCheckout,
): OrderRequest {
  return {
    userId,
    ...(segment === undefined ? {} : { segment }),
    items: items.map(({ productId, qty }) => ({ productId, qty })),
    ...(currency === null ? {} : { currency }),
    ...(codes.length > 0 ? { discountCodes: codes } : {}),
    ...(shippingAddress ? { shippingAddress } : {}),
  };
}

/**
 * The order exists, so the cart is closed with what was ordered, whatever was tried meanwhile. A repeat changes nothing.
 */
export function completeCheckout(
  cart: Cart,
  { order, checkout, now }: { order: MadeOrder; checkout: Checkout; now: Date },
): Decided {
  if (cart.status === 'CHECKED_OUT') return { cart, events: [] };
  const { request } = checkout;
  const codes = request.discountCodes ?? [];
  const { orderId, total, currency } = order;
  const known = new Map(cart.items.map((item) => [item.productId, item.itemId]));
  const items = request.items.map((line, at) => ({
    ...line,
    itemId: known.get(line.productId) ?? `${cart.cartId}-${at}`,
  }));
  return {
    cart: moved(cart, { status: 'CHECKED_OUT', orderId, items, codes, checkout, currency }, now),
    events: [
      {
        type: 'ecommerce.cart.cart.checked_out.v1',
        payload: {
          cartId: cart.cartId,
          orderId,
          userId: request.userId,
          items: request.items,
          codes,
          totalAmount: toDecimal(total, currency),
          currency,
          checkedOutAt: now,
        },
      },
    ],
  };
}

/** The order was refused for certain: the cart is its owner's to change again. */
export function reopenCart(cart: Cart, attemptId: string, now: Date): Cart {
  const same = cart.status === 'CHECKING_OUT' && cart.checkout?.attemptId === attemptId;
  return same ? touched(cart, { checkout: null }, now) : cart;
}
