import { LRUCache } from 'lru-cache';

/** A reply that is ready to be sent. */
export interface CachedProduct {
  readonly storeId: string;
  readonly version: number;
  readonly etag: string;
  /** JSON text: node sends a string in one write with the headers, a buffer in two. */
  readonly body: string;
}

export interface NearCacheOptions {
  readonly maxEntries: number;
  /** How long an entry lives at most, should events stop coming. */
  readonly ttlMs: number;
  /** How long an invalidation is remembered: longer than any copy behind this cache may live. */
  readonly floorTtlMs: number;
  /** ms, never going back. */
  readonly now: () => number;
}

/** What a process keeps at hand in front of the shared cache. */
export interface NearCache {
  get(id: string): CachedProduct | undefined;
  /** Whether a copy that was found elsewhere is older than what an event has told already. */
  isStale(id: string, version: number): boolean;
  /** Stores a copy, unless a newer version is stored or known of: a read that began before an invalidation loses. */
  fill(id: string, product: CachedProduct): void;
  /** An event says that `version` exists: older copies go, and are not taken back. */
  invalidate(id: string, version: number): void;
  clear(): void;
}

interface Entry {
  readonly product: CachedProduct;
  readonly expiresAt: number;
}

export function createNearCache({ maxEntries, ttlMs, floorTtlMs, now }: NearCacheOptions): NearCache {
  const entries = new LRUCache<string, Entry>({ max: maxEntries });
  /** Lowest version by product that may still be shown. */
  const floors = new LRUCache<string, { version: number; until: number }>({ max: 5 * maxEntries });

  function floorOf(id: string): number {
    const floor = floors.get(id);
    return floor && floor.until > now() ? floor.version : 0;
  }

  return {
    get(id) {
      const entry = entries.get(id);
      if (!entry) return undefined;
      if (entry.expiresAt > now()) return entry.product;
      entries.delete(id);
      return undefined;
    },
    isStale: (id, version) => version < floorOf(id),
    fill(id, product) {
      if (product.version < floorOf(id)) return;
      const known = entries.peek(id);
      if (known && known.product.version > product.version && known.expiresAt > now()) return;
      entries.set(id, { product, expiresAt: now() + ttlMs });
    },
    invalidate(id, version) {
      if (version > floorOf(id)) floors.set(id, { version, until: now() + floorTtlMs });
      const known = entries.peek(id);
      if (known && known.product.version < version) entries.delete(id);
    },
    clear() {
      entries.clear();
    },
  };
}
