import { allocate } from '@tradewind/kernel/money.ts';
import type { AppliedRule, RequestLine } from './request.ts';

/** A line of the request while its price comes about. */
export interface ItemLine {
  /** Its place in the request. */
  readonly index: number;
  readonly qty: number;
  amountMinor: bigint;
  readonly rules: AppliedRule[];
}

/**
 * All lines of one product together. Rules see items only, never lines: so it makes no difference how a quantity is
 * spread over lines, nor in which order they come.
 */
export interface Item {
  readonly productId: string;
  readonly sku: string;
  readonly categoryIds: readonly string[];
  readonly qty: number;
  readonly listMinor: bigint;
  /** Of one piece, before any promotion. */
  readonly priceMinor: bigint;
  /** Of all pieces, before any promotion: what thresholds look at. */
  readonly beforeMinor: bigint;
  /** Of all pieces, after the rules so far. */
  amountMinor: bigint;
  /** The larger quantity first. */
  readonly lines: readonly ItemLine[];
}

/** The lines of each product, by product id. */
export function linesByProduct(
  lines: readonly RequestLine[],
): [RequestLine, { index: number; qty: number }[]][] {
  const byId = new Map<string, [RequestLine, { index: number; qty: number }[]]>();
  lines.forEach((line, index) => {
    const known = byId.get(line.productId);
    if (known) known[1].push({ index, qty: line.qty });
    else byId.set(line.productId, [line, [{ index, qty: line.qty }]]);
  });
  for (const [, places] of byId.values()) places.sort((a, b) => b.qty - a.qty);
  return [...byId.values()].sort(([a], [b]) => (a.productId < b.productId ? -1 : 1));
}

export const sumOf = (amounts: Iterable<bigint>): bigint => {
  let sum = 0n;
  for (const amount of amounts) sum += amount;
  return sum;
};

export const piecesOf = (items: readonly Item[]): number => items.reduce((sum, { qty }) => sum + qty, 0);

export const amountOf = (items: readonly Item[]): bigint =>
  sumOf(items.map(({ amountMinor }) => amountMinor));

export const amountBefore = (items: readonly Item[]): bigint =>
  sumOf(items.map(({ beforeMinor }) => beforeMinor));

/** Shares of a discount by what the parts cost. A discount of at most their sum leaves none of them below zero. */
export function shareOf(discount: bigint, parts: readonly { readonly amountMinor: bigint }[]): bigint[] {
  if (discount === 0n) return parts.map(() => 0n);
  if (parts.length === 1) return [discount];
  return allocate(
    discount,
    parts.map(({ amountMinor }) => amountMinor),
  );
}
