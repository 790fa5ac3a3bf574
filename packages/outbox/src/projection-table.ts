import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { ProjectionColumns } from './projection.ts';

export type StoredRow = ProjectionColumns & Record<string, unknown>;

/** Where a projection's rows stand: the port that each kind of store implements. */
export interface ProjectionStore {
  /** Rows of the transaction's tenant, by key. */
  load(tx: Transaction, keys: readonly string[]): Promise<Map<string, StoredRow>>;
  /** Writes rows of the transaction's tenant, set-wise. */
  save(tx: Transaction, rows: readonly StoredRow[]): Promise<void>;
}

const identifier = /^[a-z][a-z0-9_]*$/;

export const tableOf = (projection: string, version: number): string => {
  if (!identifier.test(projection) || !Number.isInteger(version))
    throw new Error(`bad projection ${projection}`);
  return `${projection}_v${version}`;
};

/** Rows in a Postgres table, read and written as JSON so that one statement serves every shape of row. */
export function postgresTable(table: string, key: string): ProjectionStore {
  if (!identifier.test(table) || !identifier.test(key)) throw new Error(`bad table ${table}`);
  const load = `select to_jsonb(t) as row from ${table} t where store_id = $1 and ${key} = any($2)`;
  let save: Promise<string> | undefined;

  async function upsert(tx: Transaction): Promise<string> {
    const columns = await tx.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
      [table],
    );
    const names = columns.map(({ name }) => name);
    const set = names.map((name) => `${name} = excluded.${name}`).join(', ');
    return `insert into ${table} (${names.join(', ')})
      select ${names.join(', ')} from json_populate_recordset(null::${table}, $1)
      on conflict (store_id, ${key}) do update set ${set}`;
  }

  return {
    async load(tx, keys) {
      const rows = await tx.query<{ row: StoredRow }>(load, [tx.storeId, keys]);
      return new Map(rows.map(({ row }) => [String(row[key]), row]));
    },
    async save(tx, rows) {
      if (rows.length === 0) return;
      save ??= upsert(tx);
      await tx.query(await save, [JSON.stringify(rows)]);
    },
  };
}
