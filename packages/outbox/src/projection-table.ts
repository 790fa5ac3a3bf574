import { SerializationFailure } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { ProjectionColumns } from './projection.ts';

export type StoredRow = ProjectionColumns & Record<string, unknown>;

export interface RowChange {
  /** As it was loaded in this transaction; undefined where there was none. */
  readonly before: StoredRow | undefined;
  readonly after: StoredRow;
}

/** Where a projection's rows stand: the port that each kind of store implements. */
export interface ProjectionStore {
  /** Rows of the transaction's tenant, by key. */
  load(tx: Transaction, keys: readonly string[]): Promise<Map<string, StoredRow>>;
  /**
   * Writes rows of the transaction's tenant, set-wise.
   * @throws SerializationFailure when another process has changed one of them since it was loaded
   */
  save(tx: Transaction, changes: readonly RowChange[]): Promise<void>;
}

const identifier = /^[a-z][a-z0-9_]*$/;

export const tableOf = (projection: string, version: number): string => {
  if (!identifier.test(projection) || !Number.isInteger(version))
    throw new Error(`bad projection ${projection}`);
  return `${projection}_v${version}`;
};

/**
 * Rows in a Postgres table, read and written as JSON so that one statement serves every shape of row. Only columns that
 * events have changed are written: a product's stock moves a thousand times as often as its name.
 */
export function postgresTable(table: string, key: string): ProjectionStore {
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
    async load(tx, keys) {
      const rows = await tx.query<{ row: StoredRow }>(load, [tx.storeId, keys]);
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
