import pg from 'pg';
import { REGISTRY_DATABASE } from '@tradewind/native/registry.ts';
import { superuserUrl, type Stack } from '#environment.ts';
import { databaseName, ROLES, type Role } from '#stack.ts';

/** Every role that needs a password. */
export function roleNames(serviceNames: readonly string[]): string[] {
  return serviceNames.flatMap((name) => ROLES.map((role) => `${databaseName(name)}_${role}`));
}

const RIGHTS: Record<Role, string> = {
  owner: 'LOGIN NOSUPERUSER NOBYPASSRLS',
  app: 'LOGIN NOSUPERUSER NOBYPASSRLS',
  system: 'LOGIN NOSUPERUSER BYPASSRLS',
};

/** The registry keeps its schemas in a database and under a role of its own. */
export async function ensureRegistryDatabase(stack: Stack): Promise<void> {
  await withClient(superuserUrl(stack), async (client) => {
    await ensureRole(client, REGISTRY_DATABASE, 'LOGIN', stack);
    await ensureDatabase(client, REGISTRY_DATABASE, REGISTRY_DATABASE);
  });
}

/**
 * Database and roles of each service: the owner migrates, app works under row-level security, system sees all tenants.
 * Each role may connect to its own database only. Repeating it changes nothing, but sets the passwords again.
 */
export async function ensureDatabases(stack: Stack, serviceNames: readonly string[]): Promise<void> {
  const databases = serviceNames.map(databaseName);
  await withClient(superuserUrl(stack), async (client) => {
    await client.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC');
    for (const database of databases) {
      for (const role of ROLES) await ensureRole(client, `${database}_${role}`, RIGHTS[role], stack);
      await ensureDatabase(client, database, `${database}_owner`);
      await client.query(`GRANT CONNECT ON DATABASE "${database}" TO ${database}_app, ${database}_system`);
    }
  });
  await Promise.all(
    databases.map((database) =>
      withClient(superuserUrl(stack, database), (client) => grantDefaults(client, database)),
    ),
  );
}

/** Tables that the owner will make are open to app and system; what those may see is up to row-level security. */
async function grantDefaults(client: pg.Client, database: string): Promise<void> {
  const users = `${database}_app, ${database}_system`;
  const owner = `${database}_owner`;
  await client.query(`
    ALTER SCHEMA public OWNER TO ${owner};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${users};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${users};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT TRUNCATE ON TABLES TO ${database}_system;
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO ${users};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT USAGE ON SCHEMAS TO ${users};
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
  `);
}

export async function ensureRole(
  client: pg.Client,
  role: string,
  rights: string,
  { secrets }: Stack,
): Promise<void> {
  const known = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = known.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(
    `${verb} ROLE ${role} ${rights} PASSWORD ${client.escapeLiteral(secrets.postgres[role] ?? '')}`,
  );
}

async function ensureDatabase(client: pg.Client, database: string, owner: string): Promise<void> {
  const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (known.rowCount === 0) await client.query(`CREATE DATABASE "${database}" OWNER ${owner}`);
  await client.query(`REVOKE ALL ON DATABASE "${database}" FROM PUBLIC`);
}

export async function withClient<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
