import { type Cart, changeable, MAX_CODES, touched } from '#cart/cart.ts';
import { cartError } from '#errors.ts';

export interface ChangeCodes {
  readonly code: string;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/** Codes are told apart as pricing does it: capitals do not matter. */
const same = (a: string) => (b: string) => a.toUpperCase() === b.toUpperCase();

/** A code that is there already changes nothing. */
export function addCode(cart: Cart, { code, expectedVersion, now }: ChangeCodes): Cart {
  changeable(cart, expectedVersion);
  if (cart.codes.some(same(code))) return cart;
  if (cart.codes.length >= MAX_CODES) throw cartError('TOO_MANY_CODES');
  return touched(cart, { codes: [...cart.codes, code] }, now);
}

export function removeCode(cart: Cart, { code, expectedVersion, now }: ChangeCodes): Cart {
  changeable(cart, expectedVersion);
  const codes = cart.codes.filter((one) => !same(code)(one));
  if (codes.length === cart.codes.length) throw cartError('CODE_NOT_FOUND');
  return touched(cart, { codes }, now);
}
