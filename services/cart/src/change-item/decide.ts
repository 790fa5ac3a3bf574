import { type Cart, changeable, touched } from '#cart/cart.ts';
import { cartError } from '#errors.ts';

export interface ChangeItem {
  readonly itemId: string;
  /** The pieces there shall be; 0 takes the line out. */
  readonly qty: number;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

export function changeItem(cart: Cart, { itemId, qty, expectedVersion, now }: ChangeItem): Cart {
  changeable(cart, expectedVersion);
  const at = cart.items.findIndex((item) => item.itemId === itemId);
  const known = cart.items[at];
  if (!known) throw cartError('ITEM_NOT_FOUND');
  if (known.qty === qty) return cart;
  const items = qty === 0 ? cart.items.toSpliced(at, 1) : cart.items.with(at, { ...known, qty });
  return touched(cart, { items }, now);
}
