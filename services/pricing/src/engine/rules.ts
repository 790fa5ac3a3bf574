import type { Effect } from './effect-types.ts';

/** When a rule holds, in ms since 1970: from its start on, up to but not at its end. A side that is left out is open. */
export interface Window {
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
}

/** Price of one piece for who takes at least so many of the product. */
export interface VolumePrice {
  readonly minQty: number;
  readonly unitMinor: bigint;
}

/** Prices in one currency, for everybody or for one segment. Where several apply the highest priority counts. */
export interface PriceList extends Window {
  readonly id: string;
  readonly name: string;
  readonly currency: string;
  readonly segment?: string | undefined;
  readonly priority: number;
  /** By product; each with its tiers in rising order of minQty. */
  readonly prices: ReadonlyMap<string, readonly VolumePrice[]>;
}

/** What a piece costs in a sale: an amount, or hundredths of a percent off its list price. */
export type FlashPrice =
  { readonly unitMinor: bigint; readonly currency: string } | { readonly basisPoints: number };

export interface FlashSale extends Window {
  readonly id: string;
  readonly name: string;
  readonly prices: ReadonlyMap<string, FlashPrice>;
}

/**
 * What a cart must be like. Everything that is given must hold. The ids of one node describe one kind of line together
 * (one of the products *and* one of the categories); `minQty` and `minSubtotalMinor` count those lines, at the prices
 * before any promotion. `all` and `any` combine several kinds; the promotion then concerns the lines of all of them.
 */
export interface Conditions {
  readonly productIds?: readonly string[] | undefined;
  readonly categoryIds?: readonly string[] | undefined;
  readonly minQty?: number | undefined;
  readonly minSubtotalMinor?: bigint | undefined;
  readonly segment?: string | undefined;
  /** One of these codes was given. */
  readonly codes?: readonly string[] | undefined;
  readonly all?: readonly Conditions[] | undefined;
  readonly any?: readonly Conditions[] | undefined;
}

interface Discount extends Window {
  readonly id: string;
  readonly effect: Effect;
  /** Of every amount in it; a cart in another currency does not get it. Only a rule without amounts can do without. */
  readonly currency?: string | undefined;
  /** Ids of promotions and codes that it never goes together with, whichever of the two says so. */
  readonly excludes?: readonly string[] | undefined;
}

export interface Promotion extends Discount {
  readonly name: string;
  readonly conditions: Conditions;
  /** Higher ones choose first; equal ones by id. */
  readonly priority: number;
  /** One that is not is alone on each line that it concerns. */
  readonly stackable: boolean;
}

/** What a code gives. How often it may be used is not known here. */
export interface DiscountCode extends Discount {
  readonly code: string;
  /** None: every cart. */
  readonly conditions?: Conditions | undefined;
  /** 0 where nothing is said. */
  readonly priority?: number | undefined;
  /** True where nothing is said. */
  readonly stackable?: boolean | undefined;
}

/** Everything that a tenant's prices follow. */
export interface RuleSet {
  readonly priceLists: readonly PriceList[];
  readonly flashSales: readonly FlashSale[];
  readonly promotions: readonly Promotion[];
  readonly codes: readonly DiscountCode[];
}
