import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import pg from 'pg';
import type { Speed } from './pace.ts';
import { onlyPostgres, postgresStore } from './postgres-store.ts';
import type { Projection } from './projection.ts';
import type { ProjectionStore, ProjectionStores, StoreKind } from './projection-store.ts';
import type { ProjectorOptions } from './projector.ts';

/** What every replay works with. */
export interface ReplayUses {
  readonly service: string;
  readonly projection: Projection;
  readonly brokerLog: BrokerLog;
  readonly db: Database;
  /** Sees every tenant: versions are made and switched under it, and parity is checked over all of them. */
  readonly systemUrl: string;
  readonly systemDb: Database;
  readonly decode: ProjectorOptions['decode'];
  /** Where versions may stand; only in Postgres where it is left out. */
  readonly stores?: ProjectionStores;
  /** Full where it is left out. */
  readonly speed?: Speed;
  onProgress(progress: Progress): void;
  /** Nobody else replays this projection from here on. */
  onLocked?(): Promise<void>;
  readonly signal: AbortSignal;
}

export interface Progress {
  readonly phase: 'reading' | 'comparing' | 'switched';
  readonly version: number;
  readonly done: bigint;
  readonly total: bigint;
  /** Events a second since the start of this run. */
  readonly rate: number;
  readonly secondsLeft: number | undefined;
}

/** Another replay of the same projection is running. */
export class RebuildRunning extends Error {}

export interface ReplaySession {
  /** Holds the lock: whatever it began ends with it. */
  readonly client: pg.Client;
  readonly stores: ProjectionStores;
  openStore(kind: StoreKind): Promise<ProjectionStore>;
}

/** @throws RebuildRunning when a replay of this projection is running */
export async function inSession<T>(
  uses: ReplayUses,
  work: (session: ReplaySession) => Promise<T>,
): Promise<T> {
  const { service, projection, systemDb } = uses;
  const client = new pg.Client({ connectionString: uses.systemUrl, application_name: `${service}:replay` });
  await client.connect();
  try {
    await lock(client, projection.name);
    await uses.onLocked?.();
    const stores = uses.stores ?? onlyPostgres();
    return await work({
      client,
      stores,
      openStore: (kind) =>
        kind === 'postgres' ? Promise.resolve(postgresStore({ owner: client, systemDb })) : stores.open(kind),
    });
  } finally {
    await client.end();
  }
}

async function lock(client: pg.Client, projection: string): Promise<void> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtext('tradewind.replay'), hashtext($1)) as locked`,
    [projection],
  );
  if (!rows[0]?.locked) throw new RebuildRunning(`a replay of ${projection} is running`);
}
