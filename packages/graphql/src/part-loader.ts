import type { Copy, CopyReads } from '@tradewind/cache/versioned-copies.ts';
import DataLoader from 'dataloader';

/** Reads from the tables: all products of one request in one query. */
export type FindParts<Body> = (
  storeId: string,
  ids: readonly string[],
) => Promise<ReadonlyMap<string, { readonly version: number; readonly body: Body }>>;

/**
 * Loads a service's part of the products of one request: what is asked for in the same moment becomes one look into the
 * cache and at most one query. Null where the tenant has no such product.
 */
export function partLoader<Body>(
  storeId: string,
  cache: CopyReads,
  find: FindParts<Body>,
): DataLoader<string, Body | null> {
  return new DataLoader<string, Body | null>(
    async (ids) => {
      const cached = await cache.read(ids);
      const bodies = new Map<string, Body>();
      // Ids are unique over all tenants, so another tenant's entry means: not yours.
      ids.forEach((id, at) => {
        const part = cached[at];
        if (part?.storeId === storeId) bodies.set(id, JSON.parse(part.text) as Body);
      });
      const missing = ids.filter((id) => !bodies.has(id));
      if (missing.length > 0) {
        const found = await find(storeId, missing);
        const parts = new Map<string, Copy>();
        for (const [id, { version, body }] of found) {
          bodies.set(id, body);
          parts.set(id, { storeId, version, text: JSON.stringify(body) });
        }
        cache.keep(parts);
      }
      return ids.map((id) => bodies.get(id) ?? null);
    },
    { maxBatchSize: MOST },
  );
}

/** Keys of one Redis call and one query. */
const MOST = 500;
