import { errorTable } from '@tradewind/kernel/errors.ts';

/** Every refusal of this service; those of `POST /orders` come through a checkout unchanged. */
export const cartError = errorTable({
  CART_NOT_FOUND: ['not-found', 'there is no such cart'],
  ITEM_NOT_FOUND: ['not-found', 'the cart has no such item'],
  CODE_NOT_FOUND: ['not-found', 'the cart has no such code'],
  UNAUTHENTICATED: ['unauthenticated', 'send a bearer token, or the Cart-Token that the cart was made with'],
  FORBIDDEN: ['forbidden', 'your roles do not allow this'],
  VERSION_CONFLICT: ['conflict', 'the cart has changed in the meantime'],
  CART_CHECKED_OUT: ['conflict', 'the cart has become an order'],
  CART_CHECKING_OUT: ['conflict', 'the cart is being checked out'],
  CART_MERGED: ['conflict', 'the cart was joined into another one'],
  CART_CURRENCY_MISMATCH: [
    'conflict',
    "the carts are not sold in one currency, and both stay as they are: check the customer's out first, or merge under the id of the cart without a login, which then becomes a cart of its own",
  ],
  CART_EMPTY: ['rejected', 'an empty cart can not be checked out'],
  CART_FULL: ['rejected', 'a cart has at most 200 lines'],
  TOO_MANY_CODES: ['rejected', 'a cart takes at most 10 codes'],
  QTY_TOO_LARGE: ['rejected', 'a line has at most 1,000,000 pieces'],
  UNKNOWN_PRODUCT: ['rejected', 'the product is not for sale'],
  CURRENCY_MISMATCH: ['rejected', 'the lines are not all sold in one currency'],
  CODE_NOT_APPLICABLE: ['rejected', 'a discount code cannot be applied'],
  PRICING_UNAVAILABLE: ['unavailable', 'prices cannot be had right now'],
  INVENTORY_UNAVAILABLE: ['unavailable', 'stock cannot be looked at right now'],
  ORDER_UNAVAILABLE: ['unavailable', 'nothing can be ordered right now; the cart stays as it is'],
  CHECKOUT_UNSETTLED: [
    'unavailable',
    'it is not known yet whether the order was made; the cart finds out by itself, and the same request answers it',
  ],
  PRICING_PROTOCOL: ['bug', 'pricing answered something else than was asked'],
  ORDER_PROTOCOL: ['bug', 'the order service answered something else than was asked'],
});
