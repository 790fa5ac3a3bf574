import type { Cart } from './cart.ts';

/** Who asks: a customer, whoever holds a cart's token, or both at once. */
export interface Caller {
  readonly storeId: string;
  readonly userId: string | undefined;
  readonly tokenHash: string | undefined;
  /** Whose prices a customer gets. */
  readonly segment: string | undefined;
}

/** A cart belongs to its customer; before it has one, to whoever holds its token. */
export function mayOpen(cart: Cart, { userId, tokenHash }: Caller): boolean {
  if (cart.userId !== null) return cart.userId === userId;
  return tokenHash !== undefined && cart.tokenHash === tokenHash;
}
