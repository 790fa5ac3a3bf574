import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { grantDefaults, roleUrls, ROLES } from './database-roles.ts';

export interface MigrationFolder {
  /** As in production: names the bookkeeping table. */
  readonly name: string;
  readonly dir: string;
}

const packages = new URL('../../', import.meta.url);
const outbox: MigrationFolder = {
  name: 'outbox',
  dir: fileURLToPath(new URL('outbox/migrations', packages)),
};
/** The program that migrates in production, run as there: this package depends on no other, so that all may use it. */
const program = fileURLToPath(new URL('postgres/src/migrate-main.ts', packages));

/** Answers the name of a template with these migrations applied; made once per content of the SQL files. */
export async function ensureTemplate(adminUrl: string, folders: readonly MigrationFolder[]): Promise<string> {
  const all = [outbox, ...folders];
  const template = `test_template_${await digest(all)}`;
  const admin = new pg.Client({ connectionString: adminUrl, application_name: 'tests: template' });
  await admin.connect();
  try {
    // A session's lock: it outlasts statements that no transaction may hold, and goes with the process.
    await admin.query('select pg_advisory_lock(hashtext($1))', [template]);
    const known = await admin.query('select 1 from pg_database where datname = $1', [template]);
    if (known.rowCount === 0) await build(admin, adminUrl, template, all);
    return template;
  } finally {
    await admin.end();
  }
}

/** Under another name until it is complete: a killed run leaves no half template behind. */
async function build(
  admin: pg.Client,
  adminUrl: string,
  template: string,
  folders: readonly MigrationFolder[],
): Promise<void> {
  const draft = `${template}_draft`;
  await admin.query(`drop database if exists ${draft} with (force)`);
  await admin.query(`create database ${draft} owner ${ROLES.owner}`);
  const address = new URL(adminUrl);
  address.pathname = `/${draft}`;
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  try {
    await grantDefaults(client);
  } finally {
    await client.end();
  }
  await promisify(execFile)(
    process.execPath,
    [program, ...folders.map(({ name, dir }) => `${name}=${dir}`)],
    {
      env: { PATH: process.env['PATH'], DATABASE_OWNER_URL: roleUrls(adminUrl, draft).ownerUrl },
    },
  );
  await admin.query(`alter database ${draft} rename to ${template}`);
}

async function digest(folders: readonly MigrationFolder[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, dir } of folders) {
    for (const file of (await readdir(dir)).filter((entry) => entry.endsWith('.sql')).sort()) {
      hash.update(`${name}/${file}\n`).update(await readFile(join(dir, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
