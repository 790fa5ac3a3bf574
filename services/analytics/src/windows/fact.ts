/** What the windows take from an event. Amounts in minor units, times in epoch ms. */
export interface Fact {
  readonly storeId: string;
  /** The order or cart. */
  readonly key: string;
  readonly version: number;
  readonly occurredAt: number;
  readonly change: Change;
}

export interface SoldLine {
  readonly productId: string;
  readonly qty: number;
  readonly amount: bigint;
}

export type Change =
  | { readonly kind: 'stage'; readonly stage: Stage }
  | {
      readonly kind: 'paid';
      readonly currency: string;
      readonly amount: bigint;
      readonly createdAt: number;
      readonly lines: readonly SoldLine[];
    }
  | { readonly kind: 'refunded'; readonly currency: string; readonly amount: bigint }
  | { readonly kind: 'canceled'; readonly currency: string; readonly lines: readonly SoldLine[] };

/** Steps of the funnel, in its order; the last three are ways out of it. */
export const stages = [
  'CART_CHECKED_OUT',
  'ORDER_CREATED',
  'ORDER_PAID',
  'ORDER_FULFILLED',
  'CART_ABANDONED',
  'ORDER_CANCELED',
  'ORDER_EXPIRED',
] as const;
export type Stage = (typeof stages)[number];
