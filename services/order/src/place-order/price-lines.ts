import { orderError } from '#errors.ts';
import type { Line } from '#order/order.ts';

export interface WantedLine {
  readonly productId: string;
  readonly qty: number;
}

/** What the price projection knows of a product. */
export interface ProductPrice {
  readonly productId: string;
  readonly sku: string | null;
  /** Minor units. */
  readonly price: bigint;
  readonly currency: string;
  readonly active: boolean;
}

/** Puts the server's prices to the wanted lines. */
export function priceLines(
  wanted: readonly WantedLine[],
  prices: ReadonlyMap<string, ProductPrice>,
  currency: string | undefined,
): { lines: Line[]; currency: string } {
  const unknown = wanted
    .filter(({ productId }) => !prices.get(productId)?.active)
    .map(({ productId }) => productId);
  if (unknown.length > 0) {
    throw orderError('UNKNOWN_PRODUCT', {
      message: `not for sale: ${unknown.join(', ')}`,
      details: { lines: unknown.map((productId) => ({ productId })) },
    });
  }
  const priced = wanted.map(({ productId, qty }) => ({ qty, ...prices.get(productId)! }));
  const currencies = new Set([...priced.map((line) => line.currency), ...(currency ? [currency] : [])]);
  const [only] = currencies;
  if (currencies.size !== 1 || only === undefined) throw orderError('CURRENCY_MISMATCH');
  return {
    lines: priced.map(({ productId, sku, qty, price }) => ({ productId, sku, qty, price })),
    currency: only,
  };
}
