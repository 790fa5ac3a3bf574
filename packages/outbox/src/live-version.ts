import { sqlState } from '@tradewind/postgres/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStores, StoreKind } from './projection-store.ts';

/** The version that reads go to, and where its rows stand. */
export interface LiveVersion {
  readonly version: number;
  readonly store: StoreKind;
}

export async function liveVersion(db: Database, projection: string): Promise<LiveVersion> {
  const rows = await db.transaction('', (tx) =>
    tx.query<LiveVersion>(`select version, store from projections where name = $1 and state = 'live'`, [
      projection,
    ]),
  );
  if (!rows[0]) throw new Error(`projection ${projection} has no live version: is its migration applied?`);
  return rows[0];
}

/** Where a reader finds the live version: in Postgres its view says which one it is. */
export type Standing =
  | { readonly store: 'postgres' }
  | { readonly store: Exclude<StoreKind, 'postgres'>; readonly version: number };

/** How long a reader may take the version before a switch for the live one: it is kept for longer than that. */
const KEPT_MS = 250;

const UNDEFINED_TABLE = '42P01';

/** Reads from the live version. `read` is called again where a switch has taken its version's view away. */
export type LiveReader = <T>(read: (live: Standing) => Promise<T>) => Promise<T>;

/**
 * For readers of a projection that may stand in another store than Postgres: which version is live is asked at most every 250 ms, and
 * never where the process knows no other store.
 */
export function liveReader(
  db: Database,
  { name, store }: Projection,
  stores: Pick<ProjectionStores, 'has'>,
): LiveReader {
  if (store === undefined || !stores.has(store.kind)) return (read) => read({ store: 'postgres' });
  let known: { readonly live: Promise<Standing>; readonly until: number } | undefined;

  function current(): Promise<Standing> {
    if (known === undefined || performance.now() > known.until) {
      const live = liveVersion(db, name) as Promise<Standing>;
      live.catch(() => {
        known = undefined;
      });
      known = { live, until: performance.now() + KEPT_MS };
    }
    return known.live;
  }

  return async (read) => {
    try {
      return await read(await current());
    } catch (error) {
      if (sqlState(error) !== UNDEFINED_TABLE) throw error;
      known = undefined;
      return read(await current());
    }
  };
}
