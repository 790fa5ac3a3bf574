import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { projectionGroup } from '@tradewind/outbox/projection-runner.ts';
import { RebuildRunning } from '@tradewind/outbox/rebuild.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { parkingName } from '@tradewind/outbox/projector.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import pg from 'pg';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { compareBuilds, type Difference } from './compare-builds.ts';
import type { Decode } from './readings.ts';
import { MAX_BATCH } from './run-windows.ts';
import { createWindows } from './windows.ts';

export interface RebuildWindowsOptions {
  readonly broker: Broker & BrokerLog;
  readonly db: Database;
  /** Sees every tenant: sums are compared over all of them. */
  readonly systemDb: Database;
  /** Owns the tables: switches builds, and removes old ones. */
  readonly ownerUrl: string;
  readonly decode: Decode;
  readonly latenessMs: number;
  /** Switch only where the new build says what the live one does, or differs from it in nothing but what that lacks. */
  readonly verify: boolean;
  onProgress(progress: object): void;
  readonly signal: AbortSignal;
}

export interface RebuildWindowsReport {
  readonly projection: string;
  readonly version: number;
  readonly events: bigint;
  readonly seconds: number;
  readonly rows: number;
  readonly digest: string;
  readonly mismatches: readonly Difference[];
  readonly switched: boolean;
}

const { name, topics } = revenueWindows;
const POLL_MS = 250;
const TABLES = ['window_keys', 'window_revenue', 'window_counts', 'window_products', 'window_watermarks'];

/**
 * A new build beside the live one, from the first event to the ends of the topics as they are now; then reads go to it.
 * Killed at any point, the next run goes on where this one was.
 */
export async function rebuildWindows(options: RebuildWindowsOptions): Promise<RebuildWindowsReport> {
  const { broker, db, systemDb, signal, onProgress } = options;
  const owner = new pg.Client({ connectionString: options.ownerUrl, application_name: 'analytics:replay' });
  owner.on('error', () => undefined);
  await owner.connect();
  let subscription: Subscription | undefined;
  try {
    const { rows: locks } = await owner.query<{ locked: boolean }>(
      `select pg_try_advisory_lock(hashtext('tradewind.replay'), hashtext($1)) as locked`,
      [name],
    );
    if (!locks[0]?.locked) throw new RebuildRunning(`a replay of ${name} is running`);
    const version = await prepare(owner);
    failpoint('rebuild.prepared');
    const ends = await endsOf(broker);
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0n);
    const windows = createWindows({ ...options, build: version });
    const started = performance.now();
    const before = await positionOf(db, version, ends);
    subscription = await broker.subscribe({
      ...{ group: projectionGroup('analytics', name, version), topics, maxBatch: MAX_BATCH },
      onBatch: (batch) => windows.apply(batch),
      onCrash: () => undefined,
    });
    for (;;) {
      signal.throwIfAborted();
      const done = await positionOf(db, version, ends);
      const rate = Number(done - before) / ((performance.now() - started) / 1_000);
      const secondsLeft = rate > 0 ? Number(total - done) / rate : undefined;
      onProgress({ phase: 'reading', version, done, total, rate, secondsLeft });
      if (done >= total) break;
      if (subscription.state === 'crashed')
        throw new Error('the consumer crashed; run the replay again to resume');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    failpoint('rebuild.read');
    const seconds = (performance.now() - started) / 1_000;
    const compared = await compareBuilds(systemDb, name, version);
    const report = { projection: name, version, events: total, seconds, ...compared };
    onProgress({ phase: 'comparing', version, done: total, total, rate: 0, secondsLeft: 0 });
    if (options.verify && compared.mismatches.length > 0) return { ...report, switched: false };
    await switchTo(owner, version);
    failpoint('rebuild.switched');
    onProgress({ phase: 'switched', version, done: total, total, rate: 0, secondsLeft: 0 });
    return { ...report, switched: true };
  } finally {
    await subscription?.stop();
    await owner.end();
  }
}

/** The build that was begun and not ended, or a new one; of older ones only the live one's predecessor is kept. */
async function prepare(owner: pg.Client): Promise<number> {
  await owner.query('begin');
  const { rows } = await owner.query<{ version: number; state: string }>(
    'select version, state from projections where name = $1 order by version for update',
    [name],
  );
  const live = rows.find(({ state }) => state === 'live')?.version ?? 0;
  let version = rows.find(({ state }) => state === 'building')?.version;
  if (version === undefined) {
    version = (rows.at(-1)?.version ?? 0) + 1;
    await owner.query(`insert into projections (name, version, state) values ($1, $2, 'building')`, [
      name,
      version,
    ]);
    const old = rows.filter((row) => row.state === 'retired' && row.version < live).map((row) => row.version);
    for (const table of TABLES) await owner.query(`delete from ${table} where build = any($1)`, [old]);
    await owner.query('delete from projections where name = $1 and version = any($2)', [name, old]);
  }
  await owner.query('commit');
  return version;
}

async function switchTo(owner: pg.Client, version: number): Promise<void> {
  await owner.query('begin');
  await owner.query('select 1 from projections where name = $1 order by version for update', [name]);
  await owner.query(`update projections set state = 'retired' where name = $1 and state = 'live'`, [name]);
  await owner.query(`update projections set state = 'live' where name = $1 and version = $2`, [
    name,
    version,
  ]);
  // What the old build had parked is applied, or parked by the new one under the name that is now its own.
  await owner.query('delete from parked_events where consumer = $1', [name]);
  await owner.query('update parked_events set consumer = $1 where consumer = $2', [
    name,
    parkingName(name, version, 'building'),
  ]);
  failpoint('rebuild.switching');
  await owner.query('commit');
}

async function endsOf(log: BrokerLog): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const topic of topics) {
    for (const [partition, end] of await log.endOffsets(topic)) ends.set(`${topic} ${partition}`, end);
  }
  return ends;
}

async function positionOf(db: Database, version: number, ends: ReadonlyMap<string, bigint>): Promise<bigint> {
  type Row = { topic: string; partition: number; next: bigint };
  const rows = await db.transaction('', (tx) =>
    tx.query<Row>(
      `select topic, partition, next_offset as next from projection_checkpoints
       where projection = $1 and version = $2`,
      [name, version],
    ),
  );
  return rows.reduce((sum, { topic, partition, next }) => {
    const end = ends.get(`${topic} ${partition}`) ?? 0n;
    return sum + (next < end ? next : end);
  }, 0n);
}
