import { fromDecimal, toDecimal } from '@tradewind/contracts/decimal.ts';
import type { AppliedRule as RuleRecord, OrderItem } from '@tradewind/contracts/generated/events/order.ts';

/** A rule that set or lowered a price, by `amount` minor units. */
export interface AppliedRule {
  /** PRICE_LIST, FLASH_SALE, PROMOTION, CODE, CURRENCY_RATE. */
  readonly kind: string;
  readonly ruleId: string;
  readonly name: string;
  readonly amount: bigint;
}

export interface Line {
  readonly productId: string;
  readonly sku: string | null;
  readonly qty: number;
  /** Of one piece before any rule, in minor units, like all amounts here. */
  readonly listPrice: bigint;
  /** Of one piece, before discounts. */
  readonly price: bigint;
  /** Of the whole line, after discounts. */
  readonly total: bigint;
  readonly rules: readonly AppliedRule[];
}

/** How the price of the whole order came about. */
export interface Pricing {
  readonly discount: bigint;
  readonly codes: readonly string[];
  readonly rules: readonly AppliedRule[];
}

export const totalOf = (lines: readonly Pick<Line, 'total'>[]): bigint =>
  lines.reduce((sum, { total }) => sum + total, 0n);

export const ruleRecords = (rules: readonly AppliedRule[], currency: string): RuleRecord[] =>
  rules.map(({ amount, ...rule }) => ({ ...rule, amount: toDecimal(amount, currency) }));

export const rulesIn = (records: readonly RuleRecord[], currency: string): AppliedRule[] =>
  records.map(({ kind, ruleId, name, amount }) => ({
    kind,
    ruleId,
    name,
    amount: fromDecimal(amount, currency),
  }));

/** A line as an event tells it; those of before there were rules cost what they say. */
export function lineIn(item: OrderItem, currency: string): Line {
  const { productId, sku, qty } = item;
  const price = fromDecimal(item.price, currency);
  return {
    productId,
    sku,
    qty,
    price,
    listPrice: item.listPrice === null ? price : fromDecimal(item.listPrice, currency),
    total: item.total === null ? price * BigInt(qty) : fromDecimal(item.total, currency),
    rules: rulesIn(item.appliedRules, currency),
  };
}
