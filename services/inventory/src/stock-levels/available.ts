import type { CopyReads } from '@tradewind/cache/versioned-copies.ts';
import type { StockQueries } from '#read-stock/queries.ts';
import { availableOf, type ProductLevels } from '#stock/levels.ts';

/** Pieces for sale by product, over all locations, as of a moment ago; without those that are stocked nowhere. */
export type AvailableOf = (
  tenant: string,
  productIds: readonly string[],
) => Promise<ReadonlyMap<string, number>>;

/** From `inventory:{productId}`, else from the tables. */
export function availableReader(copies: CopyReads, queries: Pick<StockQueries, 'levelsOf'>): AvailableOf {
  return async (tenant, productIds) => {
    const found = new Map<string, number>();
    const cached = await copies.read(productIds);
    cached.forEach((copy, at) => {
      const id = productIds[at];
      // Another tenant may count a product under the same id: that is no stock of ours.
      if (copy?.storeId === tenant && id !== undefined) found.set(id, availableOf(levelsIn(copy.text)));
    });
    const missing = productIds.filter((id) => !found.has(id));
    if (missing.length === 0) return found;
    const read = await queries.levelsOf(tenant, missing);
    for (const levels of read) found.set(levels.productId, availableOf(levels));
    copies.keep(
      new Map(
        read.map((levels) => [
          levels.productId,
          { storeId: tenant, version: levels.version, text: JSON.stringify(levels) },
        ]),
      ),
    );
    return found;
  };
}

export const levelsIn = (text: string): ProductLevels => JSON.parse(text) as ProductLevels;
