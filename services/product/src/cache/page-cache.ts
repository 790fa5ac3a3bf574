import { LRUCache } from 'lru-cache';

/** Pages of lists that a process keeps at hand, forgotten per tenant. */
export interface PageCache {
  /** The page under this name, at once where it is at hand; concurrent misses share one `make`. */
  get(storeId: string, name: string, make: () => Promise<string>): string | Promise<string>;
  /** The tenant's lists have changed: at once for the first of a burst, then at most once per `settleMs`. */
  changed(storeId: string): void;
  close(): void;
}

export interface PageCacheOptions {
  readonly maxEntries: number;
  readonly ttlMs: number;
  /**
   * Pages come from a projection that applies the same events a little later, so a change counts twice: when it is heard
   * of, and once more this long afterwards. Bursts are debounced by it as well.
   */
  readonly settleMs: number;
  readonly now: () => number;
}

interface Page {
  readonly epoch: number;
  readonly expiresAt: number;
  readonly body: string | Promise<string>;
}

export function createPageCache({ maxEntries, ttlMs, settleMs, now }: PageCacheOptions): PageCache {
  const pages = new LRUCache<string, Page>({ max: maxEntries });
  const epochs = new Map<string, number>();
  const settling = new Map<string, { timer: NodeJS.Timeout; dirty: boolean }>();

  const epochOf = (storeId: string): number => epochs.get(storeId) ?? 0;
  const advance = (storeId: string): void => void epochs.set(storeId, epochOf(storeId) + 1);

  function settle(storeId: string): void {
    const timer = setTimeout(() => {
      advance(storeId);
      const again = settling.get(storeId)?.dirty;
      settling.delete(storeId);
      if (again) settle(storeId);
    }, settleMs).unref();
    settling.set(storeId, { timer, dirty: false });
  }

  return {
    get(storeId, name, make) {
      const key = `${name}\n${storeId}`;
      const epoch = epochOf(storeId);
      const known = pages.get(key);
      if (known && known.epoch === epoch && known.expiresAt > now()) return known.body;
      const expiresAt = now() + ttlMs;
      const body = make();
      const page: Page = { epoch, expiresAt, body };
      pages.set(key, page);
      return body.then(
        (made) => {
          // Stays under the epoch in which it was begun: a change meanwhile has outdated it already.
          if (pages.peek(key) === page) pages.set(key, { epoch, expiresAt, body: made });
          return made;
        },
        (error: unknown) => {
          if (pages.peek(key) === page) pages.delete(key);
          throw error;
        },
      );
    },
    changed(storeId) {
      const known = settling.get(storeId);
      if (known) {
        known.dirty = true;
        return;
      }
      advance(storeId);
      settle(storeId);
    },
    close() {
      for (const { timer } of settling.values()) clearTimeout(timer);
      settling.clear();
    },
  };
}
