import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import {
  type BucketDigests,
  type BucketRow,
  bucketsQuery,
  fromDatabase,
  totalOf,
  withoutRows,
} from './bucket-digest.ts';
import { liveVersion } from './live-version.ts';
import { onlyPostgres, postgresStore, shapeOf, tableOf } from './postgres-store.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStore, ProjectionStores } from './projection-store.ts';
import { nameOf, type WatchedSource, watchSource } from './watched-source.ts';
import { wholeRows } from './whole-rows.ts';

/** A row that the projection and its source tell differently; undefined = the row is missing on that side. */
export interface Mismatch {
  readonly storeId: string;
  readonly key: string;
  readonly source: string | undefined;
  readonly projection: string | undefined;
}

export interface Parity {
  readonly rows: number;
  /** Digest of all rows of the projection, independent of their order. */
  readonly digest: string;
  readonly mismatches: readonly Mismatch[];
  /** What the version was compared with. */
  readonly against: 'write model' | 'live version' | 'nothing';
  /** Both sides by bucket, without the rows that changed while they were compared and were equal at a later look. */
  readonly source: BucketDigests;
  readonly projection: BucketDigests;
  /** How many those are. */
  readonly inMotion: number;
}

export interface ParityOptions {
  readonly projection: Projection;
  readonly systemDb: Database;
  /** Where the version stands; the service's Postgres where it is left out. */
  readonly store?: ProjectionStore;
  /** Where the live version may stand, for a projection that has no other source. */
  readonly stores?: ProjectionStores;
  /**
   * Resolves when the version has what the source held at the call. On a busy machine it trails by more than all looks take, and what
   * only is late would count as different.
   */
  settle?(): Promise<void>;
}

/** Rows looked at; more differences than this are told as this many. */
const MAX_DIFFERENCES = 100_000;
const ROUNDS = 10;
const PAUSE_MS = 300;

/** As the database answers `differencesOf`. */
export interface Difference {
  readonly storeId: string;
  readonly key: string;
  readonly source: string | null;
  readonly projection: string | null;
}

export const mismatchOf = ({ storeId, key, source, projection }: Difference): Mismatch => ({
  ...{ storeId, key, source: source ?? undefined, projection: projection ?? undefined },
});

/**
 * Compares a version of a projection with the write model it is built from. Both go on changing meanwhile and the
 * projection trails by milliseconds, so a difference counts only if in several looks the row was never what its source
 * had been a moment before; without traffic the first look is final.
 */
export async function compare(options: ParityOptions, version: number): Promise<Parity> {
  const first = await firstLook(options, version);
  let open = first.differences;
  const source = options.projection.parity?.source;
  const watched = source === undefined ? undefined : watchSource(options.systemDb, source);
  try {
    for (let round = 1; open.length > 0 && round < ROUNDS; round++) {
      watched?.watch(open);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await options.settle?.();
      const still = await lookAgain(options, version, open, watched);
      open = open.filter((row) => still.has(nameOf(row)));
    }
  } finally {
    await watched?.close();
  }
  const names = new Set(open.map(nameOf));
  const settled = first.differences.filter((row) => !names.has(nameOf(row)));
  const side = (name: 'source' | 'projection') =>
    withoutRows(
      first[name],
      settled.flatMap(({ storeId, key, [name]: digest }) =>
        digest === null ? [] : [{ storeId, key, digest }],
      ),
    );
  return {
    ...totalOf(first.projection),
    mismatches: open.map(mismatchOf),
    against: first.against,
    source: side('source'),
    projection: side('projection'),
    inMotion: settled.length,
  };
}

/** Digests of a version's whole rows as they are: of one that stands still, the same whenever the same log was read. */
export async function digestVersion(options: ParityOptions, version: number): Promise<BucketDigests> {
  const { projection, systemDb, store = postgresStore() } = options;
  return systemDb.transaction('', async (tx) => {
    await unhurried(tx);
    const table = await tableIn(tx, projection, { version, store }, `${projection.name}_copy`);
    const rows = `select store_id, ${projection.key}::text as key, row_to_json(p)::text as digest from ${table} p`;
    return fromDatabase(await tx.execute<BucketRow>(bucketsQuery(rows)));
  });
}

interface FirstLook {
  readonly against: Parity['against'];
  readonly source: BucketDigests;
  readonly projection: BucketDigests;
  readonly differences: readonly Difference[];
}

async function firstLook(options: ParityOptions, version: number): Promise<FirstLook> {
  const { projection, systemDb, store = postgresStore() } = options;
  const { parity, name } = projection;
  return systemDb.transaction('', async (tx) => {
    await unhurried(tx);
    const table = await tableIn(tx, projection, { version, store }, `${name}_copy`);
    const source = parity && (parity.source ?? (await liveDigests(tx, options)));
    const mine = digestsOf(projection, table);
    if (source === undefined) {
      const rows = await tx.execute<BucketRow>(bucketsQuery(mine));
      return { against: 'nothing', source: new Map(), projection: fromDatabase(rows), differences: [] };
    }
    // One statement: each has a snapshot of its own, and sides of different moments would never be equal.
    const found = await tx.execute<Difference & BucketRow & { readonly part: string }>(`
      with s as materialized (${source}), p as materialized (${mine})
      select 'difference' as part, d.*, null::int as bucket, null::int as rows, null as digest
        from (${differencesOf('select * from s', 'select * from p')}) d
      union all
      select 'source', null, null, null, null, b.* from (${bucketsQuery('select * from s')}) b
      union all
      select 'projection', null, null, null, null, b.* from (${bucketsQuery('select * from p')}) b`);
    const part = (wanted: string) => found.filter((row) => row.part === wanted);
    return {
      against: parity?.source === undefined ? 'live version' : 'write model',
      source: fromDatabase(part('source')),
      projection: fromDatabase(part('projection')),
      differences: part('difference'),
    };
  });
}

/** Which of these rows still differ. */
async function lookAgain(
  options: ParityOptions,
  version: number,
  open: readonly Difference[],
  watched: WatchedSource | undefined,
): Promise<ReadonlySet<string>> {
  if (watched === undefined) return new Set((await firstLook(options, version)).differences.map(nameOf));
  const shown = new Map<string, string>();
  for await (const rows of digestsNow(options, version, open))
    for (const row of rows) shown.set(nameOf(row), row.digest);
  return new Set(open.filter((row) => !watched.hasSaid(row, shown.get(nameOf(row)))).map(nameOf));
}

interface Digest {
  readonly storeId: string;
  readonly key: string;
  readonly digest: string;
}

/** What the version shows of some rows. */
async function* digestsNow(
  { projection, systemDb, store }: ParityOptions,
  version: number,
  wanted: readonly Difference[],
): AsyncIterable<readonly Digest[]> {
  const ask = (table: string, values: readonly unknown[]) =>
    systemDb.transaction('', (tx) =>
      tx.execute<Digest>(
        `select store_id as "storeId", key, digest from (${digestsOf(projection, table)}) d where key = any($1)`,
        values,
      ),
    );
  const names = new Set(wanted.map(nameOf));
  const keys = [...new Set(wanted.map(({ key }) => key))];
  if (store === undefined || store.kind === 'postgres') {
    yield await ask(tableOf(projection.name, version), [keys]);
    return;
  }
  const table = `json_populate_recordset(null::${shapeOf(projection.name)}, $2)`;
  for await (const batch of wholeRows(store, projection, version)) {
    const rows = batch.filter((row) => names.has(`${row.store_id} ${String(row[projection.key])}`));
    if (rows.length > 0) yield await ask(table, [keys, JSON.stringify(rows)]);
  }
}

/** What the live version says, for a projection without another source; undefined where its store has lost it. */
async function liveDigests(
  tx: Transaction,
  { projection, systemDb, stores }: ParityOptions,
): Promise<string | undefined> {
  const { version, store } = await liveVersion(systemDb, projection.name);
  const live = { version, store: await (stores ?? onlyPostgres()).open(store) };
  try {
    return digestsOf(projection, await tableIn(tx, projection, live, `${projection.name}_live`));
  } catch (error) {
    if (error instanceof DomainError && error.code === 'PROJECTION_LOST') return undefined;
    throw error;
  }
}

/** A comparison of a whole table takes as long as it takes, and tells times alike wherever it runs. */
export const unhurried = (tx: Transaction): Promise<unknown> =>
  tx.execute(`set local statement_timeout = 0; set local timezone = 'UTC'`);

interface Standing {
  readonly version: number;
  readonly store: ProjectionStore;
}

export const digestsOf = ({ key, parity }: Projection, table: string): string =>
  `select store_id, ${key}::text as key, (${parity?.digest ?? 'row_to_json(p)'})::text as digest from ${table} p`;

export const differencesOf = (source: string, projection: string): string => `
  select coalesce(s.store_id, p.store_id) as "storeId", coalesce(s.key, p.key) as key,
    s.digest as source, p.digest as projection
  from (${source}) s full join (${projection}) p on s.store_id = p.store_id and s.key = p.key
  where s.digest is distinct from p.digest order by 1, 2 limit ${MAX_DIFFERENCES}`;

/**
 * A table of the version's whole rows: its own where it stands in Postgres, else a copy that goes with the transaction. A copy is complete
 * before anything is compared, as the source would be read once for each batch otherwise.
 */
async function tableIn(
  tx: Transaction,
  projection: Projection,
  { version, store }: Standing,
  copy: string,
): Promise<string> {
  if (store.kind === 'postgres') return tableOf(projection.name, version);
  const shape = shapeOf(projection.name);
  await tx.execute(`create temporary table ${copy} on commit drop as select * from ${shape} with no data`);
  const text = `insert into ${copy} select * from json_populate_recordset(null::${shape}, $1)`;
  for await (const batch of wholeRows(store, projection, version))
    if (batch.length > 0) await tx.execute(text, [JSON.stringify(batch)]);
  await tx.execute(`analyze ${copy}`);
  return copy;
}
