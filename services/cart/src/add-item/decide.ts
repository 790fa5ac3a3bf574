import { type Cart, type CartItem, changeable, MAX_LINES, MAX_QTY, touched } from '#cart/cart.ts';
import { cartError } from '#errors.ts';

export interface AddItem {
  /** Of the line, should it be a new one. */
  readonly itemId: string;
  readonly productId: string;
  readonly qty: number;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/** Adds to the line that is there, or makes one. */
export function addItem(cart: Cart, { itemId, productId, qty, expectedVersion, now }: AddItem): Cart {
  changeable(cart, expectedVersion);
  return touched(cart, { items: withPieces(cart.items, { itemId, productId, qty }) }, now);
}

function withPieces(items: readonly CartItem[], added: CartItem): CartItem[] {
  const at = items.findIndex(({ productId }) => productId === added.productId);
  const known = items[at];
  if (!known) {
    if (items.length >= MAX_LINES) throw cartError('CART_FULL');
    return [...items, added];
  }
  const qty = known.qty + added.qty;
  if (qty > MAX_QTY) throw cartError('QTY_TOO_LARGE', { details: { productId: added.productId, qty } });
  return items.with(at, { ...known, qty });
}
