import { sqlState } from '@tradewind/postgres/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { StoreKind } from './projection-store.ts';

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

/** How long a reader may take the version before a switch for the live one: it is kept for longer than that. */
const KEPT_MS = 250;

const UNDEFINED_TABLE = '42P01';

export interface LiveReader {
  /** Reads from the live version. `read` is called again where a switch has taken its version's view away. */
  <T>(read: (live: LiveVersion) => Promise<T>): Promise<T>;
}

/** For readers of a projection that may stand in several stores: which version is live is asked at most every 250 ms. */
export function liveReader(db: Database, projection: string): LiveReader {
  let known: { readonly live: Promise<LiveVersion>; readonly until: number } | undefined;

  function current(): Promise<LiveVersion> {
    if (known === undefined || performance.now() > known.until) {
      const live = liveVersion(db, projection);
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
