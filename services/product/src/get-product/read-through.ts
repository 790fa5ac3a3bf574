import type { ReadCounts } from '@tradewind/cache/cache-metrics.ts';
import { createReadThrough, type Found } from '@tradewind/cache/read-through.ts';
import type { CacheReads, Tag } from '@tradewind/cache/tagged-cache.ts';
import { productTag, tenantTag } from '@tradewind/cache/tags.ts';
import type { CopyReads } from '@tradewind/cache/versioned-copies.ts';
import { productError } from '#errors.ts';
import type { SentProduct } from '#cache/open-caches.ts';
import type { Product } from '#product/product.ts';
import { bodyOf, etagOf } from '#product/representation.ts';

/**
 * A tenant's product as it is sent, at once where it is at hand.
 * @throws DomainError PRODUCT_NOT_FOUND
 */
export type ProductReader = (storeId: string, id: string) => SentProduct | Promise<SentProduct>;

export interface ProductReaderOptions {
  readonly near: CacheReads<SentProduct>;
  /** False while invalidations may not arrive: then nothing is kept in the process. */
  isFed(): boolean;
  readonly shared: CopyReads;
  find(storeId: string, id: string): Promise<Product | undefined>;
  readonly counts: Pick<ReadCounts, 'hit' | 'miss'>;
}

/** Near cache → shared cache → database, filling on the way back. */
export function createProductReader(options: ProductReaderOptions): ProductReader {
  const { near, isFed, shared, find, counts } = options;
  const through = createReadThrough(near, isFed);

  async function lookUp(storeId: string, id: string): Promise<Found<SentProduct>> {
    const tagsOf = (version: number): Tag[] => [
      { name: productTag(id), version },
      { name: tenantTag(storeId) },
    ];
    const [copy] = await shared.read([id]);
    // Ids are unique over all tenants, so another tenant's copy means: not yours.
    if (copy?.storeId === storeId && !near.outdatedSince(near.begin(), tagsOf(copy.version))) {
      counts.hit('shared');
      return { value: { etag: etagOf(copy.version), body: copy.text }, tags: tagsOf(copy.version) };
    }
    counts.miss();
    const product = await find(storeId, id);
    if (!product) throw productError('PRODUCT_NOT_FOUND');
    const { version } = product;
    const body = JSON.stringify(bodyOf(product));
    shared.keep(new Map([[id, { storeId, version, text: body }]]));
    return { value: { etag: etagOf(version), body }, tags: tagsOf(version) };
  }

  return (storeId, id) => {
    const key = `${storeId}\n${id}`;
    const known = near.get(key);
    if (known) {
      counts.hit('near');
      return known;
    }
    return through(key, [{ name: productTag(id) }], () => lookUp(storeId, id));
  };
}
