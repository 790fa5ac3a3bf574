import type { Database } from '@tradewind/postgres/database.ts';

/** More rows than these are not watched at once: a comparison with so many differences ends in one anyway. */
const MOST = 5_000;
/** At least; otherwise as long as the last look took. */
const REST_MS = 10;

export interface WatchedRow {
  readonly storeId: string;
  readonly key: string;
}

export const nameOf = ({ storeId, key }: WatchedRow): string => `${storeId} ${key}`;

/** What the source of a projection has said of some rows, from the first call of `watch` on. */
export interface WatchedSource {
  /** From now on these rows and no others; what was seen of them stays known. */
  watch(rows: readonly WatchedRow[]): void;
  /** Whether the source has said this digest of the row; undefined = that there is no such row. */
  hasSaid(row: WatchedRow, digest: string | undefined): boolean;
  /** @throws what a look has thrown */
  close(): Promise<void>;
}

/**
 * Looks at rows of a source over and over. A row that changes many times a second is never told alike by both sides at one moment, as the
 * projection trails; but what the projection shows must have been what the source said shortly before.
 *
 * @param source query of `store_id`, `key`, `digest`
 */
export function watchSource(systemDb: Database, source: string): WatchedSource {
  const text = `select store_id as "storeId", key, digest from (${source}) s where key = any($1)`;
  const said = new Map<string, Set<string | undefined>>();
  let watched: readonly WatchedRow[] = [];
  let closed = false;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    type Row = WatchedRow & { readonly digest: string };
    const rows = await systemDb.transaction('', (tx) =>
      tx.execute<Row>(text, [[...new Set(watched.map(({ key }) => key))]]),
    );
    const found = new Map(rows.map((row) => [nameOf(row), row.digest]));
    for (const row of watched) said.get(nameOf(row))?.add(found.get(nameOf(row)));
  }

  async function keepLooking(): Promise<void> {
    while (!closed && watched.length > 0) {
      const began = performance.now();
      await look();
      const rest = Math.max(REST_MS, performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  return {
    watch(rows) {
      watched = rows.slice(0, MOST);
      for (const row of watched) if (!said.has(nameOf(row))) said.set(nameOf(row), new Set());
      looking ??= keepLooking();
      // It is told by `close`.
      looking.catch(() => undefined);
    },
    hasSaid: (row, digest) => said.get(nameOf(row))?.has(digest) ?? false,
    async close() {
      closed = true;
      await looking;
    },
  };
}
