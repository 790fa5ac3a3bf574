import { type Cart, changeable, type Shipping, touched } from '#cart/cart.ts';

export interface SetShipping {
  readonly shipping: Shipping;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

export function setShipping(cart: Cart, { shipping, expectedVersion, now }: SetShipping): Cart {
  return touched(changeable(cart, expectedVersion), { shipping }, now);
}
