import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { Log } from '@tradewind/outbox/logger.ts';
import { schema, SCHEMA_VERSION } from './schema.ts';

/** The columnar engine, as far as this service needs it: one writer, one statement at a time. */
export interface StarDatabase {
  /** Rows as plain values: bigint for BIGINT, Date for DATE and TIMESTAMP. */
  query<Row extends object>(text: string, values?: readonly DuckDBValue[]): Promise<Row[]>;
  /** The same from outside of transactions: waits for the one that runs. */
  read<Row extends object>(text: string, values?: readonly DuckDBValue[]): Promise<Row[]>;
  /** Rows of a list, by names and types of the engine; written by `text` from the relation `input`. */
  write(text: string, columns: Readonly<Record<string, string>>, rows: readonly object[]): Promise<void>;
  /** All or nothing. Calls wait for each other. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** It shares the machine with the service. */
const SETTINGS = { threads: '2', memory_limit: '256MB' };

/**
 * Opens the file, or makes it. One that cannot be opened, or has another schema, is put aside: its content is in the log.
 * @throws Error where another process has it open
 */
export async function openStar(path: string, log: Log): Promise<StarDatabase> {
  await mkdir(dirname(path), { recursive: true });
  const opened = await open(path).catch(async (error: unknown) => {
    // Held by another process: that is no damage.
    if (/could not set lock/i.test(String(error)) || !(await exists(path))) throw error;
    log.warn({ error: String(error), path }, 'the star schema could not be opened; it is made anew');
    await putAside(path);
    return open(path);
  });
  const { instance, connection } = opened;
  const [made] = await rowsOf<{ version: number }>(connection, 'select version from schema_version');
  if (made?.version !== SCHEMA_VERSION) {
    connection.closeSync();
    instance.closeSync();
    log.warn({ found: made?.version, wanted: SCHEMA_VERSION }, 'the star schema is of another version');
    await putAside(path);
    return openStar(path, log);
  }
  return wrap(instance, connection);
}

async function open(path: string) {
  const instance = await DuckDBInstance.create(path, SETTINGS);
  const connection = await instance.connect();
  await connection.run('create table if not exists schema_version (version integer not null)');
  const known = await rowsOf<{ version: number }>(connection, 'select version from schema_version');
  if (known.length === 0 || known[0]?.version === SCHEMA_VERSION) {
    for (const statement of schema.split(/;\s*\n/)) await connection.run(statement);
    if (known.length === 0) await connection.run(`insert into schema_version values (${SCHEMA_VERSION})`);
  }
  return { instance, connection };
}

function wrap(instance: DuckDBInstance, connection: DuckDBConnection): StarDatabase {
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    query: (text, values) => rowsOf(connection, text, values),
    read: (text, values) => inTurn(() => rowsOf(connection, text, values)),
    async write(text, columns, rows) {
      if (rows.length === 0) return;
      const list = JSON.stringify(rows, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      const shape = JSON.stringify([columns]);
      await connection.run(
        `with input as (select unnest(from_json($1, '${shape}'), max_depth := 2)) ${text}`,
        [list],
      );
    },
    transaction: (work) =>
      inTurn(async () => {
        await connection.run('begin');
        try {
          const result = await work();
          await connection.run('commit');
          return result;
        } catch (error) {
          await connection.run('rollback').catch(() => undefined);
          throw error;
        }
      }),
    close: () =>
      inTurn(async () => {
        connection.closeSync();
        instance.closeSync();
      }),
  };
}

async function rowsOf<Row extends object>(
  connection: DuckDBConnection,
  text: string,
  values: readonly DuckDBValue[] = [],
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(text, [...values]);
  return reader.getRowObjectsJS() as unknown as Row[];
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function putAside(path: string): Promise<void> {
  const aside = `${path}.aside`;
  await rename(path, aside);
  if (await exists(`${path}.wal`)) await rename(`${path}.wal`, `${aside}.wal`);
}
