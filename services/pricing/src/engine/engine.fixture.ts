import { compile } from './compile.ts';
import { evaluate } from './evaluate.ts';
import type { Evaluation, PriceRequest, RequestLine, Resolution } from './request.ts';
import type { DiscountCode, Promotion, RuleSet } from './rules.ts';

/** Noon of a day in which all these tests take place. */
export const NOW = Date.parse('2026-03-15T12:00:00Z');
export const HOUR = 3_600_000;

/** Pieces of a product of 10.00 USD. */
export const line = (productId: string, given: Partial<RequestLine> = {}): RequestLine => ({
  productId,
  sku: `SKU-${productId}`,
  categoryIds: [],
  baseMinor: 1000n,
  currency: 'USD',
  qty: 1,
  ...given,
});

/** 10 % off everything. */
export const promotion = (id: string, given: Partial<Promotion> = {}): Promotion => ({
  id,
  name: `Promotion ${id}`,
  conditions: {},
  effect: { type: 'PERCENTAGE', basisPoints: 1000 },
  currency: 'USD',
  priority: 0,
  stackable: true,
  ...given,
});

/** A code of 5.00 USD. */
export const discountCode = (code: string, given: Partial<DiscountCode> = {}): DiscountCode => ({
  id: `ID-${code}`,
  code,
  effect: { type: 'FIXED', amountMinor: 500n },
  currency: 'USD',
  ...given,
});

export const rules = (given: Partial<RuleSet> = {}): RuleSet => ({
  priceLists: [],
  flashSales: [],
  promotions: [],
  codes: [],
  ...given,
});

export const request = (lines: readonly RequestLine[], given: Partial<PriceRequest> = {}): PriceRequest => ({
  lines,
  currency: 'USD',
  rates: [],
  codes: [],
  now: NOW,
  ...given,
});

export const price = (
  ruleSet: Partial<RuleSet>,
  lines: readonly RequestLine[],
  given: Partial<PriceRequest> = {},
): Evaluation => evaluate(compile(rules(ruleSet)), request(lines, given));

/** The price of a request that has one. */
export function resolved(...given: Parameters<typeof price>): Resolution {
  const outcome = price(...given);
  if (!outcome.ok) throw new Error(outcome.code);
  return outcome.resolution;
}

export const totals = ({ lines }: Resolution): bigint[] => lines.map(({ totalMinor }) => totalMinor);
