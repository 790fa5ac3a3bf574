import { createHash } from 'node:crypto';
import type pg from 'pg';

/** One set of roles for all test databases of a server, with the rights that each service's three roles have. */
export const ROLES = { owner: 'test_owner', app: 'test_app', system: 'test_system' } as const;

const RIGHTS = {
  owner: 'login nosuperuser nobypassrls',
  app: 'login nosuperuser nobypassrls',
  system: 'login nosuperuser bypassrls',
} as const;

/** The password follows from the server's own, so that concurrent runs agree on it and no file holds it. */
const password = (adminUrl: string): string =>
  createHash('sha256').update(`tests of ${adminUrl}`).digest('base64url');

export function roleUrls(adminUrl: string, database: string) {
  const url = (role: keyof typeof ROLES): string => {
    const address = new URL(adminUrl);
    address.username = ROLES[role];
    address.password = password(adminUrl);
    address.pathname = `/${database}`;
    return address.href;
  };
  return { databaseUrl: url('app'), systemUrl: url('system'), ownerUrl: url('owner') };
}

/** Creates what is missing. Test files run side by side, so one at a time looks and creates. */
export async function ensureRoles(admin: pg.Client, adminUrl: string): Promise<void> {
  await admin.query('begin');
  await admin.query(`select pg_advisory_xact_lock(hashtext('tradewind.tests'))`);
  const { rows } = await admin.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1)',
    [Object.values(ROLES)],
  );
  const known = new Set(rows.map(({ rolname }) => rolname));
  for (const role of ['owner', 'app', 'system'] as const) {
    if (known.has(ROLES[role])) continue;
    const secret = admin.escapeLiteral(password(adminUrl));
    await admin.query(`create role ${ROLES[role]} ${RIGHTS[role]} password ${secret}`);
  }
  await admin.query('commit');
}

/** As `./tw up` does for each service: what the owner makes is open to app and system; row-level security decides. */
export async function grantDefaults(client: pg.Client): Promise<void> {
  const { owner, app, system } = ROLES;
  await client.query(`
    alter schema public owner to ${owner};
    revoke all on schema public from public;
    grant usage on schema public to ${app}, ${system};
    alter default privileges for role ${owner} grant select, insert, update, delete on tables to ${app}, ${system};
    alter default privileges for role ${owner} grant truncate on tables to ${system};
    alter default privileges for role ${owner} grant usage, select, update on sequences to ${app}, ${system};
    create extension if not exists pg_trgm;
  `);
}
