import type { Cart, CartItem } from './cart.ts';

export type RuleKind = 'PRICE_LIST' | 'FLASH_SALE' | 'PROMOTION' | 'CODE' | 'CURRENCY_RATE';

/** A rule that set or lowered a price. Amounts are minor units, everywhere here. */
export interface AppliedRule {
  readonly kind: RuleKind;
  readonly ruleId: string;
  readonly name: string;
  readonly amount: bigint;
}

export interface PricedLine {
  readonly productId: string;
  readonly sku: string | null;
  readonly qty: number;
  /** Of one piece before any rule. */
  readonly list: bigint;
  /** Of one piece, before promotions and codes. */
  readonly price: bigint;
  /** Of the line, after everything. */
  readonly total: bigint;
  readonly rules: readonly AppliedRule[];
}

/** What pricing answered for a cart. */
export interface Resolution {
  readonly currency: string;
  readonly lines: readonly PricedLine[];
  readonly total: bigint;
  readonly discount: bigint;
  readonly freeShipping: boolean;
  readonly rules: readonly AppliedRule[];
}

export interface CodeProblem {
  readonly code: string;
  readonly reason: string;
}

/** A cart with its prices, as far as there are any. */
export interface Priced {
  readonly status: 'CURRENT' | 'LAST_KNOWN';
  /** Undefined for an empty cart, and for one of which nothing was ever priced. */
  readonly resolution: Resolution | undefined;
  /** Codes that the prices leave out, and why. */
  readonly codeProblems: readonly CodeProblem[];
  /** Products that are not for sale any more. */
  readonly unsold: readonly string[];
  /** The products have no currency in common: there is no price of the whole. */
  readonly mixed?: true;
  /** The lines have no price in the currency that the cart asked for: they cost this in the one that they share. */
  readonly outgrown?: true;
}

export const nothingToPrice: Priced = {
  status: 'CURRENT',
  resolution: undefined,
  codeProblems: [],
  unsold: [],
};

/** Prices of before for what the cart holds: a line whose pieces changed costs what they cost without discounts. */
export function lastKnown({ items, codes }: Pick<Cart, 'items' | 'codes'>, kept: Priced | undefined): Priced {
  if (items.length === 0) return nothingToPrice;
  const before = kept?.resolution;
  if (!before) return { ...nothingToPrice, status: 'LAST_KNOWN' };
  const byProduct = new Map(before.lines.map((line) => [line.productId, line]));
  const lines = items.flatMap((item) => lineOf(item, byProduct.get(item.productId)));
  const total = lines.reduce((sum, line) => sum + line.total, 0n);
  const undiscounted = lines.reduce((sum, { qty, price }) => sum + BigInt(qty) * price, 0n);
  return {
    status: 'LAST_KNOWN',
    resolution: { ...before, lines, total, discount: undiscounted - total },
    codeProblems: (kept?.codeProblems ?? []).filter(({ code }) => codes.includes(code)),
    unsold: kept?.unsold ?? [],
  };
}

function lineOf({ qty }: CartItem, known: PricedLine | undefined): PricedLine[] {
  if (!known) return [];
  if (known.qty === qty) return [known];
  return [{ ...known, qty, total: known.price * BigInt(qty), rules: known.rules.filter(isOfOnePiece) }];
}

const isOfOnePiece = ({ kind }: AppliedRule): boolean => kind !== 'PROMOTION' && kind !== 'CODE';

const AMOUNTS = new Set(['amount', 'list', 'price', 'total', 'discount']);

/** As it is kept beside the cart: JSON has no bigint. */
export const toKept = ({ resolution, codeProblems, unsold }: Priced): string =>
  JSON.stringify({ resolution, codeProblems, unsold }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );

/** The inverse of `toKept`; what is kept was current once. */
export function fromKept(kept: string): Priced {
  const revive = (key: string, value: unknown): unknown =>
    AMOUNTS.has(key) && typeof value === 'string' ? BigInt(value) : value;
  const { resolution, codeProblems, unsold } = JSON.parse(kept, revive) as Pick<
    Priced,
    'codeProblems' | 'unsold'
  > & { readonly resolution?: Resolution };
  return { status: 'LAST_KNOWN', resolution, codeProblems, unsold };
}
