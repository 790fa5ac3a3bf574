import type { CurrencyRate } from './currency-rate.ts';

/** Pieces of a product as it is sold. Lines of one product say the same about it. */
export interface RequestLine {
  readonly productId: string;
  readonly sku: string;
  readonly categoryIds: readonly string[];
  readonly baseMinor: bigint;
  /** Of the base price. */
  readonly currency: string;
  readonly qty: number;
}

export interface PriceRequest {
  readonly lines: readonly RequestLine[];
  /** Of the answer. */
  readonly currency: string;
  readonly rates: readonly CurrencyRate[];
  readonly segment?: string | undefined;
  readonly codes: readonly string[];
  /** The instant in whose windows the rules are looked at, in ms since 1970. */
  readonly now: number;
}

export type RuleKind = 'PRICE_LIST' | 'FLASH_SALE' | 'PROMOTION' | 'CODE' | 'CURRENCY_RATE';

/** A rule that set or lowered a price. */
export interface AppliedRule {
  readonly kind: RuleKind;
  readonly ruleId: string;
  /** Its name, or the code. */
  readonly name: string;
  /** By how much it lowered what it stands beside: the line, or the whole. Never negative. */
  readonly amountMinor: bigint;
}

export interface ResolvedLine {
  readonly productId: string;
  readonly sku: string;
  readonly qty: number;
  /** Of one piece before any rule, in the currency of the answer. */
  readonly listMinor: bigint;
  /** Of one piece after price lists and flash sales. */
  readonly priceMinor: bigint;
  /** Of the whole line after everything, its share of what concerns the whole included. */
  readonly totalMinor: bigint;
  readonly rules: readonly AppliedRule[];
}

/** Why a code gives nothing. */
export type CodeReason =
  | 'UNKNOWN_CODE'
  | 'NOT_STARTED'
  | 'ENDED'
  | 'CURRENCY_MISMATCH'
  | 'CONDITIONS_NOT_MET'
  /** Something that applies goes with nothing else. */
  | 'NOT_COMBINABLE'
  /** It would not lower anything by a single minor unit. */
  | 'NO_EFFECT';

export interface RefusedCode {
  readonly code: string;
  readonly reason: CodeReason;
}

export interface Resolution {
  readonly currency: string;
  /** In the order of the request. */
  readonly lines: readonly ResolvedLine[];
  /** The lines' totals added up. */
  readonly totalMinor: bigint;
  /** By how much promotions and codes lowered it. */
  readonly discountMinor: bigint;
  readonly freeShipping: boolean;
  /** What concerns the whole, free shipping among it. */
  readonly orderRules: readonly AppliedRule[];
  /** Where there are some the prices are those without them. */
  readonly refusedCodes: readonly RefusedCode[];
  /** When the first of its flash sales ends, in ms since 1970. */
  readonly validUntil?: number;
}

export type Evaluation =
  | { readonly ok: true; readonly resolution: Resolution }
  /** These products have neither a price in the currency nor a rate. */
  | { readonly ok: false; readonly code: 'CURRENCY_MISMATCH'; readonly productIds: readonly string[] }
  | { readonly ok: false; readonly code: 'AMOUNT_TOO_LARGE' };
