import { percentOf } from './rounding.ts';
import type { FlashPrice, FlashSale } from './rules.ts';
import { isOpen } from './window.ts';

interface FlashOffer {
  readonly sale: FlashSale;
  readonly price: FlashPrice;
}

/** By product, in the order of the sales' ids. */
export type FlashSaleIndex = ReadonlyMap<string, readonly FlashOffer[]>;

export function indexFlashSales(sales: readonly FlashSale[]): FlashSaleIndex {
  const index = new Map<string, FlashOffer[]>();
  for (const sale of sales.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const [productId, price] of sale.prices) {
      const others = index.get(productId);
      if (others) others.push({ sale, price });
      else index.set(productId, [{ sale, price }]);
    }
  }
  return index;
}

/** The lowest price of the sales that run; of equal ones the first by id. `toCurrency` answers nothing without a rate. */
export function flashPrice(
  index: FlashSaleIndex,
  productId: string,
  listMinor: bigint,
  now: number,
  toCurrency: (minor: bigint, from: string) => bigint | undefined,
): { sale: FlashSale; unitMinor: bigint; from: string | undefined } | undefined {
  let best: { sale: FlashSale; unitMinor: bigint; from: string | undefined } | undefined;
  for (const { sale, price } of index.get(productId) ?? []) {
    if (!isOpen(sale, now)) continue;
    const from = 'currency' in price ? price.currency : undefined;
    const unitMinor =
      'currency' in price
        ? toCurrency(price.unitMinor, price.currency)
        : listMinor - percentOf(listMinor, price.basisPoints);
    if (unitMinor !== undefined && (!best || unitMinor < best.unitMinor)) best = { sale, unitMinor, from };
  }
  return best;
}
