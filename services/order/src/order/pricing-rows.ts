import type { AppliedRule, Line, Pricing } from './pricing.ts';

/** A rule in a row: JSON has no bigint. */
interface RuleRow {
  readonly kind: string;
  readonly ruleId: string;
  readonly name: string;
  readonly amount: string;
}

/** `orders.pricing`. */
export interface PricingRow {
  readonly discount: string;
  readonly codes: readonly string[];
  readonly rules: readonly RuleRow[];
  /** Whose prices it was placed at. */
  readonly segment?: string | undefined;
}

/** A line as the select of orders tells it. */
export interface LineRow {
  readonly productId: string;
  readonly sku: string | null;
  readonly qty: number;
  readonly price: string;
  readonly listPrice: string | null;
  readonly total: string | null;
  readonly rules: readonly RuleRow[] | null;
}

const ruleRows = (rules: readonly AppliedRule[]): RuleRow[] =>
  rules.map((rule) => ({ ...rule, amount: String(rule.amount) }));
const rulesIn = (rows: readonly RuleRow[] | null): AppliedRule[] =>
  (rows ?? []).map((row) => ({ ...row, amount: BigInt(row.amount) }));

/** What most orders don't have takes no room. */
export const pricingRow = (
  { discount, codes, rules }: Pricing,
  segment: string | undefined,
): PricingRow | undefined =>
  discount === 0n && codes.length === 0 && rules.length === 0 && segment === undefined
    ? undefined
    : { discount: String(discount), codes, rules: ruleRows(rules), segment };

export const pricingIn = (row: PricingRow | null): Pricing =>
  row
    ? { discount: BigInt(row.discount), codes: row.codes, rules: rulesIn(row.rules) }
    : { discount: 0n, codes: [], rules: [] };

export const itemRow = ({ productId, sku, qty, listPrice, price, total, rules }: Line) => ({
  product_id: productId,
  sku,
  qty,
  price_minor: String(price),
  list_minor: listPrice === price ? undefined : String(listPrice),
  total_minor: total === price * BigInt(qty) ? undefined : String(total),
  rules: rules.length > 0 ? ruleRows(rules) : undefined,
});

export function lineIn({ productId, sku, qty, listPrice, total, rules, ...row }: LineRow): Line {
  const price = BigInt(row.price);
  return {
    productId,
    sku,
    qty,
    price,
    listPrice: listPrice === null ? price : BigInt(listPrice),
    total: total === null ? price * BigInt(qty) : BigInt(total),
    rules: rulesIn(rules),
  };
}
