import type { Resolution as EngineResolution } from '#engine/request.ts';

export interface ResolvePrices {
  readonly lines: readonly { readonly productId: string; readonly qty: number }[];
  /** Undefined takes the one that all products share. */
  readonly currency: string | undefined;
  readonly segment: string | undefined;
  readonly codes: readonly string[];
  /** Who buys, for limits per customer. */
  readonly customerId: string | undefined;
  /** Holds one use of each code for an order; undefined only looks. */
  readonly hold: { readonly orderId: string; readonly ttlMs: number } | undefined;
}

export type Resolution = Omit<EngineResolution, 'refusedCodes'>;

export interface RefusedCode {
  readonly code: string;
  /** The engine's, or USAGE_LIMIT, CUSTOMER_LIMIT, CUSTOMER_UNKNOWN. */
  readonly reason: string;
}
