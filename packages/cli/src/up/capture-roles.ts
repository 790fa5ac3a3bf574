import type pg from 'pg';
import { superuserUrl, type Stack } from '#environment.ts';
import type { Connector } from '#cdc/connectors.ts';
import { ensureRole, withClient } from './databases.ts';

/** Replication, and rows of all tenants: a snapshot has to read them all. */
const RIGHTS = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION BYPASSRLS';

/**
 * The role of each connector, after the migrations: it may connect to its one database, and read there the columns that
 * the publication has. Repeating it changes nothing, but sets the passwords again.
 */
export async function ensureCaptureRoles(stack: Stack, connectors: readonly Connector[]): Promise<void> {
  await withClient(superuserUrl(stack), async (client) => {
    for (const { role, database } of connectors) {
      await ensureRole(client, role, RIGHTS, stack);
      await client.query(`GRANT CONNECT ON DATABASE "${database}" TO ${role}`);
    }
  });
  for (const connector of connectors) {
    await withClient(superuserUrl(stack, connector.database), (client) => grantColumns(client, connector));
  }
}

async function grantColumns(client: pg.Client, { role, publication }: Connector): Promise<void> {
  const { rows } = await client.query<{ table: string; columns: string }>(
    `select format('%I.%I', schemaname, tablename) as table,
       (select string_agg(quote_ident(name), ', ') from unnest(attnames) name) as columns
     from pg_publication_tables where pubname = $1`,
    [publication],
  );
  await client.query('BEGIN');
  await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${role}`);
  await client.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
  for (const { table, columns } of rows)
    await client.query(`GRANT SELECT (${columns}) ON ${table} TO ${role}`);
  await client.query('COMMIT');
}
