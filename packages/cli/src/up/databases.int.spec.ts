import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPostgres, preparePostgres, SUPERUSER } from '@tradewind/native/postgres.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseUrl, type Stack } from '#environment.ts';
import { portTable } from '#ports.ts';
import type { Role } from '#stack.ts';
import { startSupervisor, stopEverything } from '#supervisor/client.ts';
import { ensureDatabases, roleNames } from '#up/databases.ts';
import { waitReady } from '#up/wait-ready.ts';

// A server of its own: the whole way from an empty folder, and roles are shared by all databases of a server.
let stack: Stack;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tw-databases-'));
  const port = await freePort();
  const roles = [SUPERUSER, ...roleNames(['order', 'payment-adapter'])];
  stack = {
    profile: 'core',
    places: { home, cache: home },
    ports: { ...portTable(undefined), postgres: port },
    secrets: {
      postgres: Object.fromEntries(roles.map((role) => [role, `${role}-word`])),
      serviceKey: '',
      rabbitmq: '',
      mqtt: { ingest: '', messages: '' },
    },
  };
  const launch = await preparePostgres(
    await installPostgres(() => undefined),
    stack.places,
    port,
    `${SUPERUSER}-word`,
  );
  const supervisor = await startSupervisor(home);
  const spec = {
    ...launch,
    name: 'postgres',
    kind: 'infra',
    port,
    probe: { kind: 'postgres', port },
  } as const;
  await supervisor({ op: 'ensure', spec });
  await waitReady(supervisor, home, ['postgres'], 60_000);
  await ensureDatabases(stack, ['order', 'payment-adapter']);
});
afterAll(async () => {
  await stopEverything(home);
  await rm(home, { recursive: true, force: true });
});

async function query(
  service: string,
  role: Role,
  text: string,
  url = databaseUrl(stack, service, role),
): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('databases and roles', () => {
  it('let each role into its own database only', async () => {
    for (const other of ['payment_adapter', 'postgres', 'template1']) {
      const foreign = databaseUrl(stack, 'order', 'app').replace(/\/order$/, `/${other}`);
      await expect(query('order', 'app', 'select 1', foreign), other).rejects.toThrow(
        'permission denied for database',
      );
    }
    expect(await query('order', 'app', 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(query('order', 'app', 'create table t ()')).rejects.toThrow('permission denied');
  });

  it('give app rows of its tenant and system those of all', async () => {
    await query(
      'payment-adapter',
      'owner',
      `create table payments (store_id text not null);
       alter table payments enable row level security;
       create policy tenant on payments using (store_id = (select current_setting('tradewind.store_id', true)));
       insert into payments values ('STORE-1'), ('STORE-2')`,
    );
    expect(await query('payment-adapter', 'app', 'select * from payments')).toEqual([]);
    expect(await query('payment-adapter', 'system', 'select * from payments')).toHaveLength(2);
  });

  it('stay as they are when made again', async () => {
    await ensureDatabases(stack, ['order', 'payment-adapter']);
    expect(await query('payment-adapter', 'system', 'select * from payments')).toHaveLength(2);
  });
});
