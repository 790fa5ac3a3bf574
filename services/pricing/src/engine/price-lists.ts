import type { PriceList, VolumePrice } from './rules.ts';
import { isOpen } from './window.ts';

interface ListedProduct {
  readonly list: PriceList;
  /** The largest quantity first, so that the first one reached is the one that counts. */
  readonly tiers: readonly VolumePrice[];
}

/** By product, the list that counts first in front. */
export type PriceListIndex = ReadonlyMap<string, readonly ListedProduct[]>;

/** Higher priority first, then one of a segment before one for everybody, then by id. */
const byRank = (a: PriceList, b: PriceList): number =>
  b.priority - a.priority ||
  Number(b.segment !== undefined) - Number(a.segment !== undefined) ||
  (a.id < b.id ? -1 : 1);

export function indexPriceLists(lists: readonly PriceList[]): PriceListIndex {
  const index = new Map<string, ListedProduct[]>();
  for (const list of lists.toSorted(byRank)) {
    for (const [productId, tiers] of list.prices) {
      const listed = { list, tiers: tiers.toSorted((a, b) => b.minQty - a.minQty) };
      const others = index.get(productId);
      if (others) others.push(listed);
      else index.set(productId, [listed]);
    }
  }
  return index;
}

export interface ListPriceQuery {
  readonly productId: string;
  /** All pieces of the product in the request. */
  readonly qty: number;
  readonly currency: string;
  readonly segment: string | undefined;
  readonly now: number;
}

export function listedPrice(
  index: PriceListIndex,
  { productId, qty, currency, segment, now }: ListPriceQuery,
): { list: PriceList; unitMinor: bigint } | undefined {
  for (const { list, tiers } of index.get(productId) ?? []) {
    if (list.currency !== currency || !isOpen(list, now)) continue;
    if (list.segment !== undefined && list.segment !== segment) continue;
    const tier = tiers.find(({ minQty }) => qty >= minQty);
    if (tier) return { list, unitMinor: tier.unitMinor };
  }
  return undefined;
}
