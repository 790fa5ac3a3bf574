import type { ReadCounts } from '@tradewind/cache/cache-metrics.ts';
import { createReadThrough } from '@tradewind/cache/read-through.ts';
import type { CacheReads, Tag } from '@tradewind/cache/tagged-cache.ts';
import { catalogueTag, categoryTag, productTag, tenantTag } from '@tradewind/cache/tags.ts';
import type { listProducts, ListQuery } from './query.ts';

type Page = Awaited<ReturnType<typeof listProducts>>;

export interface PageReaderOptions {
  readonly pages: CacheReads<string>;
  readonly counts: Pick<ReadCounts, 'hit' | 'miss'>;
  list(storeId: string, query: ListQuery): Promise<Page>;
}

/** A page of a tenant's list as it is sent, at once where it is at hand; `fresh`: no copy, which may be older. */
export type PageReader = (
  storeId: string,
  query: ListQuery,
  wish?: { readonly fresh: boolean },
) => string | Promise<string>;

export function createPageReader({ pages, counts, list }: PageReaderOptions): PageReader {
  // Kept a second at most, fed or not.
  const through = createReadThrough(pages, () => true);
  return (storeId, query, wish) => {
    if (wish?.fresh) return list(storeId, query).then((page) => JSON.stringify(page));
    const key = `${storeId}\n${JSON.stringify(query)}`;
    const known = pages.get(key);
    if (known !== undefined) {
      counts.hit('near');
      return known;
    }
    const tags: Tag[] = [
      { name: tenantTag(storeId) },
      {
        name: query.categoryId === undefined ? catalogueTag(storeId) : categoryTag(storeId, query.categoryId),
      },
    ];
    return through(key, tags, async () => {
      counts.miss();
      const page = await list(storeId, query);
      const shown = page.items.map(({ productId }) => ({ name: productTag(productId) }));
      return { value: JSON.stringify(page), tags: [...tags, ...shown] };
    });
  };
}
