import { cartError } from '#errors.ts';

export type CartStatus = 'OPEN' | 'CHECKING_OUT' | 'CHECKED_OUT' | 'MERGED' | 'ABANDONED';

export interface CartItem {
  readonly itemId: string;
  readonly productId: string;
  readonly qty: number;
}

/** Where the order goes to, and how. */
export interface Shipping {
  readonly address: Readonly<Record<string, string>>;
  readonly method: string | null;
}

/** What is asked of the order service: frozen when a checkout begins, so that every try asks the same. */
export interface OrderRequest {
  readonly userId: string;
  /** Whose prices the customer gets, by the token that began the checkout. */
  readonly segment?: string;
  readonly items: readonly { readonly productId: string; readonly qty: number }[];
  readonly currency?: string;
  readonly discountCodes?: readonly string[];
  readonly shippingAddress?: Readonly<Record<string, string>>;
}

/** Whose reply is to be stored under which key once the checkout is settled, whoever settles it. */
export interface CheckoutReply {
  readonly storeId: string;
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly payloadHash: string;
}

export interface Checkout {
  /** Of this try to check out: who began it may be told that it made the order. */
  readonly attemptId: string;
  readonly request: OrderRequest;
  readonly reply: CheckoutReply | null;
  readonly correlationId: string;
}

export interface Cart {
  readonly cartId: string;
  /** Null while the cart belongs to whoever has its token. */
  readonly userId: string | null;
  readonly tokenHash: string | null;
  readonly status: CartStatus;
  /** Asked for by the client; null takes what the products are sold in. */
  readonly currency: string | null;
  readonly items: readonly CartItem[];
  readonly codes: readonly string[];
  readonly shipping: Shipping | null;
  readonly version: number;
  readonly mergedInto: string | null;
  readonly orderId: string | null;
  readonly checkout: Checkout | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The order that a cart became, as far as the cart tells of it. */
export interface MadeOrder {
  readonly orderId: string;
  /** Minor units. */
  readonly total: bigint;
  readonly currency: string;
}

export const MAX_LINES = 200;
/** As `POST /orders` has them: a checkout must not be refused for what a cart took. */
export const MAX_QTY = 1_000_000;
export const MAX_CODES = 10;

/** @throws DomainError CART_CHECKED_OUT, CART_CHECKING_OUT, CART_MERGED */
export function refuseClosed({ status, orderId, mergedInto }: Cart): void {
  if (status === 'CHECKED_OUT') throw cartError('CART_CHECKED_OUT', { details: { orderId } });
  if (status === 'MERGED') throw cartError('CART_MERGED', { details: { mergedInto } });
  if (status === 'CHECKING_OUT') throw cartError('CART_CHECKING_OUT', { retryAfter: 1 });
}

/** The cart, if it may be changed by somebody who builds on `expectedVersion`. */
export function changeable(cart: Cart, expectedVersion: number | undefined): Cart {
  if (expectedVersion !== undefined && expectedVersion !== cart.version) {
    throw cartError('VERSION_CONFLICT', { details: { currentVersion: cart.version } });
  }
  refuseClosed(cart);
  return cart;
}

type Patch = Partial<Omit<Cart, 'cartId' | 'version' | 'createdAt' | 'updatedAt'>>;

/** The next version of a cart. */
export function moved(cart: Cart, patch: Patch, now: Date): Cart {
  return { ...cart, ...patch, version: cart.version + 1, updatedAt: now };
}

/** A change by its owner: an abandoned cart is open again. */
export const touched = (cart: Cart, patch: Patch, now: Date): Cart =>
  moved(cart, { status: 'OPEN', ...patch }, now);
