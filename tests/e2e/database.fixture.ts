import pg from 'pg';
import { stack } from './stack.fixture.ts';

/**
 * Runs SQL in a service's database as the superuser. Triggers and foreign keys are off: this is how a test breaks what
 * the tables themselves would refuse.
 */
export const sql = <Row extends object = Record<string, unknown>>(
  database: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> =>
  connected(database, async (client) => {
    await client.query('set session_replication_role = replica');
    return (await client.query<Row>(text, values as unknown[])).rows;
  });

/** Does something in the database of every service that has this table. */
export async function eachDatabaseWith(
  table: string,
  work: (database: string) => Promise<unknown>,
): Promise<void> {
  const text = 'select to_regclass($1) is not null as there';
  await Promise.all(
    Object.keys(stack.postgres.databases).map(async (database) => {
      const [found] = await sql<{ there: boolean }>(database, text, [table]);
      if (found?.there) await work(database);
    }),
  );
}

/** Does something while a transaction of the superuser is open that begins with this SQL; it is taken back afterwards. */
export const during = <T>(database: string, text: string, work: () => Promise<T>): Promise<T> =>
  connected(database, async (client) => {
    await client.query('begin');
    await client.query(text);
    return work();
  });

async function connected<T>(database: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(stack.postgres.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
