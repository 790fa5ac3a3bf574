import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { SerializationFailure } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type pg from 'pg';
import { isSummed, type Projection } from './projection.ts';
import type {
  ProjectionRows,
  ProjectionStore,
  ProjectionStores,
  RowChange,
  StoredRow,
} from './projection-store.ts';

const identifier = /^[a-z][a-z0-9_]*$/;

export const tableOf = (projection: string, version: number): string => {
  if (!identifier.test(projection) || !Number.isInteger(version))
    throw new Error(`bad projection ${projection}`);
  return `${projection}_v${version}`;
};

/** An empty table of a projection's columns, made when its second version is: later ones are made like it, and rows compared. */
export const shapeOf = (projection: string): string => {
  if (!identifier.test(projection)) throw new Error(`bad projection ${projection}`);
  return `${projection}_shape`;
};

/** What a store in Postgres works with beyond the projector's own transaction. */
export interface PostgresStoreUses {
  /** Of the system's role, or the owner's: versions are made and dropped on it, in its transaction where one is open. */
  readonly owner?: pg.Client;
  /** Sees every tenant: rows are scanned on it. */
  readonly systemDb?: Database;
}

const SCANNED = 2_000;

const OWN_TABLE = { make: 'tradewind_make_version', drop: 'tradewind_drop_version' };

const functionsOf = (projection: Projection): typeof OWN_TABLE =>
  isSummed(projection) ? projection.versions : OWN_TABLE;

/** A service's own Postgres: a version is a table, and what is written is part of the projector's transaction. */
export function postgresStore({ owner, systemDb }: PostgresStoreUses = {}): ProjectionStore {
  const missing = (what: string) => new DomainError('STORE_NOT_CONFIGURED', 'bug', `no ${what} was given`);
  return {
    kind: 'postgres',
    rows: ({ name, key }, version) => postgresRows(tableOf(name, version), key),
    async create(projection, version) {
      if (owner === undefined) throw missing('owner');
      await owner.query(`select ${functionsOf(projection).make}($1, $2)`, [projection.name, version]);
    },
    async drop(projection, version) {
      if (owner === undefined) throw missing('owner');
      await owner.query(`select ${functionsOf(projection).drop}($1, $2)`, [projection.name, version]);
    },
    async *scan({ name, key }, version) {
      if (systemDb === undefined) throw missing('systemDb');
      const text = `
        select row_to_json(t) as row from ${tableOf(name, version)} t
        where (store_id, ${key}::text) > ($1, $2) order by store_id, ${key}::text limit ${SCANNED}`;
      let last = ['', ''];
      for (;;) {
        const after = last;
        const rows = await systemDb.transaction('', (tx) => tx.execute<{ row: StoredRow }>(text, after));
        if (rows.length === 0) return;
        yield rows.map(({ row }) => row);
        const end = rows.at(-1)?.row;
        last = [String(end?.store_id), String(end?.[key])];
      }
    },
    ping: () => systemDb?.ping() ?? Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** The stores of a process that knows of none but its Postgres. */
export function onlyPostgres(uses: PostgresStoreUses = {}): ProjectionStores {
  return {
    has: (kind) => kind === 'postgres',
    async open(kind) {
      if (kind === 'postgres') return postgresStore(uses);
      throw new DomainError('STORE_NOT_CONFIGURED', 'unavailable', `this process knows no ${kind}`);
    },
    close: () => Promise.resolve(),
  };
}

/**
 * Rows in a Postgres table, read and written as JSON so that one statement serves every shape of row. Only columns that
 * events have changed are written: a product's stock moves a thousand times as often as its name.
 */
function postgresRows(table: string, key: string): ProjectionRows {
  if (!identifier.test(table) || !identifier.test(key)) throw new Error(`bad table ${table}`);
  const load = `select row_to_json(t) as row from ${table} t where store_id = $1 and ${key} = any($2)`;
  let types: Promise<ReadonlyMap<string, string>> | undefined;

  async function columnTypes(tx: Transaction): Promise<ReadonlyMap<string, string>> {
    const columns = await tx.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [table],
    );
    return new Map(columns.map(({ name, type }) => [name, type]));
  }

  async function insert(tx: Transaction, rows: readonly StoredRow[]): Promise<void> {
    if (rows.length === 0) return;
    const all = await (types ??= columnTypes(tx));
    const names = [...all.keys()].join(', ');
    const stored = await tx.query(
      `insert into ${table} (${names}) select ${names} from json_to_recordset($1) as r (${declared(all)})
       on conflict (store_id, ${key}) do nothing returning 1`,
      [JSON.stringify(rows)],
    );
    if (stored.length < rows.length) throw new SerializationFailure(`rows of ${table} were made meanwhile`);
  }

  /** Guarded by the versions that were loaded: whoever else changed the row has moved them. */
  async function update(tx: Transaction, changes: readonly RowUpdate[]): Promise<void> {
    if (changes.length === 0) return;
    const all = await (types ??= columnTypes(tx));
    const changed = [...all.keys()].filter((name) =>
      changes.some(({ before, after }) => (before[name] ?? null) !== (after[name] ?? null)),
    );
    const sent = new Map([key, ...changed].map((name) => [name, all.get(name)!]));
    const rows = changes.map(({ before, after }) => ({
      ...Object.fromEntries([...sent.keys()].map((name) => [name, after[name]])),
      [LOADED]: before.versions,
    }));
    const stored = await tx.query(
      `update ${table} t set ${changed.map((name) => `${name} = r.${name}`).join(', ')}
       from json_to_recordset($2) as r (${declared(sent)}, ${LOADED} jsonb)
       where t.store_id = $1 and t.${key} = r.${key} and t.versions = r.${LOADED} returning 1`,
      [tx.storeId, JSON.stringify(rows)],
    );
    if (stored.length < rows.length)
      throw new SerializationFailure(`rows of ${table} were changed meanwhile`);
  }

  return {
    async load(tx, wanted) {
      const rows = await tx.query<{ row: StoredRow }>(load, [tx.storeId, [...wanted.keys()]]);
      return new Map(rows.map(({ row }) => [String(row[key]), row]));
    },
    async save(tx, changes) {
      const known = (change: RowChange): change is RowUpdate => change.before !== undefined;
      await insert(
        tx,
        changes.filter((change) => !known(change)).map(({ after }) => after),
      );
      await update(tx, changes.filter(known));
    },
  };
}

interface RowUpdate extends RowChange {
  readonly before: StoredRow;
}

const LOADED = 'loaded_versions';

const declared = (columns: ReadonlyMap<string, string>): string =>
  [...columns].map(([name, type]) => `${name} ${type}`).join(', ');
