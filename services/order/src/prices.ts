import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { AppliedRule, Line } from '#order/pricing.ts';

export interface PriceOrder {
  readonly orderId: string;
  readonly userId: string;
  /** Whose price lists and promotions count. */
  readonly segment: string | undefined;
  readonly lines: readonly { readonly productId: string; readonly qty: number }[];
  /** Undefined takes the one that all products share. */
  readonly currency: string | undefined;
  /** One use of each is held for the order. */
  readonly codes: readonly string[];
  /** How long uses are held if nothing becomes of the order. */
  readonly ttlSeconds: number;
}

/** What an order costs and why; all amounts in minor units. */
export interface PricedOrder {
  readonly currency: string;
  readonly lines: readonly Line[];
  /** By how much promotions and codes lowered the lines. */
  readonly discount: bigint;
  /** Rules that concern the whole order; their amounts are in the lines already. */
  readonly rules: readonly AppliedRule[];
}

/** What the order service needs of pricing. All calls may be repeated. */
export interface Prices {
  /**
   * @throws DomainError UNKNOWN_PRODUCT, CURRENCY_MISMATCH, CODE_NOT_APPLICABLE (with codes and reasons),
   * AMOUNT_TOO_LARGE, PRICING_UNAVAILABLE after three tries
   */
  resolve(request: PriceOrder, context: CommandContext): Promise<PricedOrder>;
  /** Gives back the uses of codes of an order that never came to be. */
  release(orderId: string, context: CommandContext): Promise<void>;
}
