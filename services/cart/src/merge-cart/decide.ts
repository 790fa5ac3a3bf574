import {
  type Cart,
  type CartItem,
  changeable,
  MAX_CODES,
  MAX_LINES,
  MAX_QTY,
  moved,
  refuseClosed,
  touched,
} from '#cart/cart.ts';
import { cartError } from '#errors.ts';

export interface MergeCarts {
  readonly userId: string;
  readonly expectedVersion: number | undefined;
  readonly now: Date;
}

/**
 * Joins a cart without a login into the customer's and closes it. `into` may be that cart itself: then it becomes the
 * customer's. A repeat changes nothing.
 */
export function mergeCarts(from: Cart, into: Cart, { userId, expectedVersion, now }: MergeCarts): Cart[] {
  if (from.cartId === into.cartId) {
    return from.userId === userId ? [] : [touched(changeable(from, expectedVersion), { userId }, now)];
  }
  if (from.status === 'MERGED' && from.mergedInto === into.cartId) return [];
  refuseClosed(from);
  changeable(into, expectedVersion);
  const merged = {
    items: joined(into.items, from.items),
    codes: [...new Set([...into.codes, ...from.codes])].slice(0, MAX_CODES),
    shipping: into.shipping ?? from.shipping,
    currency: currencyOf(into, from),
  };
  return [
    touched(into, merged, now),
    moved(from, { status: 'MERGED', mergedInto: into.cartId, userId }, now),
  ];
}

/** Of the lines that were there first; an empty cart takes what the other one asked for. */
function currencyOf(into: Cart, from: Cart): string | null {
  if (into.items.length > 0) return into.currency;
  return from.items.length > 0 ? from.currency : (into.currency ?? from.currency);
}

/** A login must not fail because somebody wants very many: a line takes what it can hold. */
function joined(items: readonly CartItem[], added: readonly CartItem[]): CartItem[] {
  const byProduct = new Map(items.map((item) => [item.productId, item]));
  for (const item of added) {
    const known = byProduct.get(item.productId);
    const qty = Math.min((known?.qty ?? 0) + item.qty, MAX_QTY);
    byProduct.set(item.productId, { ...(known ?? item), qty });
  }
  if (byProduct.size > MAX_LINES) throw cartError('CART_FULL');
  return [...byProduct.values()];
}
