import pg from 'pg';
import { stack } from './stack.fixture.ts';

/**
 * Runs SQL in a service's database as the superuser. Triggers and foreign keys are off: this is how a test breaks what
 * the tables themselves would refuse.
 */
export async function sql<Row extends object = Record<string, unknown>>(
  database: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const url = new URL(stack.postgres.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    return (await client.query<Row>(text, values as unknown[])).rows;
  } finally {
    await client.end();
  }
}
