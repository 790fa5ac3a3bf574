import { productError } from '#errors.ts';
import type { CacheCounts } from '#cache/cache-metrics.ts';
import type { CachedProduct, NearCache } from '#cache/near-cache.ts';
import type { SharedCache } from '#cache/shared-cache.ts';
import type { Product } from '#product/product.ts';
import { bodyOf, etagOf } from '#product/representation.ts';

export interface ProductReader {
  /**
   * A tenant's product as it is sent, at once where it is at hand.
   * @throws DomainError PRODUCT_NOT_FOUND
   */
  read(storeId: string, id: string): CachedProduct | Promise<CachedProduct>;
  /** An event told of a newer version: what is older is shown no more. */
  invalidate(id: string, version: number): void;
}

export interface ProductReaderOptions {
  readonly near: NearCache;
  /** False while invalidations may not arrive: then nothing is kept in the process. */
  nearIsFed(): boolean;
  readonly shared: Pick<SharedCache, 'get' | 'fill'>;
  find(storeId: string, id: string): Promise<Product | undefined>;
  readonly counts: CacheCounts;
}

/**
 * Near cache → shared cache → database, filling on the way back. Reads of one product that miss at the same time
 * share one look-up; one that begins after an invalidation never joins a look-up from before it.
 */
export function createProductReader(options: ProductReaderOptions): ProductReader {
  const { near, nearIsFed, shared, find, counts } = options;
  /** Look-ups in hand by product, then by tenant. */
  const looking = new Map<string, Map<string, Promise<CachedProduct>>>();

  async function lookUp(storeId: string, id: string): Promise<CachedProduct> {
    const copy = await shared.get(id);
    if (copy && copy.storeId === storeId && !near.isStale(id, copy.version)) {
      counts.hit('shared');
      if (nearIsFed()) near.fill(id, copy);
      return copy;
    }
    counts.miss();
    const product = await find(storeId, id);
    if (!product) throw productError('PRODUCT_NOT_FOUND');
    const { version } = product;
    const body = JSON.stringify(bodyOf(product));
    const found = { storeId, version, etag: etagOf(version), body };
    if (nearIsFed()) near.fill(id, found);
    shared.fill(id, found);
    return found;
  }

  return {
    read(storeId, id) {
      const known = near.get(id);
      // Ids are unique over all tenants, so another tenant's entry means: not yours.
      if (known && known.storeId === storeId) {
        counts.hit('near');
        return known;
      }
      let tenants = looking.get(id);
      if (!tenants) looking.set(id, (tenants = new Map()));
      let pending = tenants.get(storeId);
      if (!pending) {
        const current = tenants;
        pending = lookUp(storeId, id).finally(() => {
          current.delete(storeId);
          if (current.size === 0 && looking.get(id) === current) looking.delete(id);
        });
        current.set(storeId, pending);
      }
      return pending;
    },
    invalidate(id, version) {
      near.invalidate(id, version);
      looking.delete(id);
    },
  };
}
