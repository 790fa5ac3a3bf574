import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import pg from 'pg';
import { failpoint } from './failpoints.ts';
import type { Projection } from './projection.ts';
import { projectionGroup } from './projection-runner.ts';
import { createProjector, parkingName, type ProjectorOptions } from './projector.ts';
import { tableOf } from './projection-table.ts';
import { compare, type Mismatch } from './parity.ts';

export interface RebuildOptions {
  readonly service: string;
  readonly projection: Projection;
  readonly broker: Broker;
  readonly brokerLog: BrokerLog;
  readonly db: Database;
  /** Role that owns the tables: a new version is a new table. */
  readonly ownerUrl: string;
  /** Sees every tenant: parity is checked over all of them. */
  readonly systemDb: Database;
  readonly decode: ProjectorOptions['decode'];
  /** Compare with the write model before the switch. */
  readonly verify: boolean;
  /** Start of reading: epoch ms, or offsets by `topic partition`; everything where left out. */
  readonly from?: number | ReadonlyMap<string, bigint>;
  onProgress(progress: Progress): void;
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

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  readonly events: bigint;
  readonly seconds: number;
  readonly rows: number;
  readonly digest: string;
  readonly mismatches: readonly Mismatch[];
  readonly switched: boolean;
}

/** Another replay of the same projection is running. */
export class RebuildRunning extends Error {}

/**
 * Rebuilds a projection beside the live one: new table → read the topics from the start to the end offsets seen at the
 * start, then follow → compare → switch the view and retire the old version, in one transaction. Killed at any
 * point, the next call resumes the half-built version from its checkpoints; live reads never see it before the switch.
 * @throws RebuildRunning when a replay of this projection is running
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const { projection, service, broker, brokerLog, signal } = options;
  const owner = new pg.Client({ connectionString: options.ownerUrl, application_name: `${service}:replay` });
  await owner.connect();
  let subscription: Subscription | undefined;
  try {
    await lock(owner, projection.name);
    const { version } = await prepareVersion(owner, projection);
    failpoint('rebuild.prepared');
    const group = projectionGroup(service, projection.name, version);
    const target = new Map<string, Range>();
    for (const topic of projection.topics) {
      const starts = await startsOf(brokerLog, topic, options.from);
      if (options.from !== undefined) await brokerLog.setGroupOffsets(group, topic, starts);
      for (const [partition, end] of await brokerLog.endOffsets(topic)) {
        const start = starts.get(partition) ?? 0n;
        // A partition with nothing to read never gets a checkpoint: it must not be waited for.
        if (start < end) target.set(`${topic} ${partition}`, { start, end });
      }
    }
    const started = performance.now();
    const projector = createProjector({ ...options, version });
    subscription = await broker.subscribe({
      group,
      topics: projection.topics,
      maxBatch: 5_000,
      onBatch: (batch) => projector.apply(batch),
      onCrash: () => undefined,
    });
    const total = [...target.values()].reduce((sum, { start, end }) => sum + end - start, 0n);
    const before = await position(options.db, projection.name, version, target);
    for (;;) {
      signal.throwIfAborted();
      const done = await position(options.db, projection.name, version, target);
      const seconds = (performance.now() - started) / 1000;
      const rate = Number(done - before) / seconds;
      const secondsLeft = rate > 0 ? Number(total - done) / rate : undefined;
      options.onProgress({ phase: 'reading', version, done, total, rate, secondsLeft });
      if (done >= total) break;
      if (subscription.state === 'crashed')
        throw new Error('the consumer crashed; run the replay again to resume');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    failpoint('rebuild.read');
    const seconds = (performance.now() - started) / 1000;
    const parity = await compare(options, version);
    const report = {
      projection: projection.name,
      version,
      events: total,
      seconds,
      rows: parity.rows,
      digest: parity.digest,
      mismatches: parity.mismatches,
    };
    options.onProgress({ phase: 'comparing', version, done: total, total, rate: 0, secondsLeft: 0 });
    if (options.verify && parity.mismatches.length > 0) return { ...report, switched: false };
    await switchTo(owner, projection.name, version);
    failpoint('rebuild.switched');
    options.onProgress({ phase: 'switched', version, done: total, total, rate: 0, secondsLeft: 0 });
    return { ...report, switched: true };
  } finally {
    await subscription?.stop();
    await owner.end();
  }
}

async function lock(owner: pg.Client, projection: string): Promise<void> {
  const { rows } = await owner.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtext('tradewind.replay'), hashtext($1)) as locked`,
    [projection],
  );
  if (!rows[0]?.locked) throw new RebuildRunning(`a replay of ${projection} is running`);
}

/** Resumes the version that is being built, or begins a new one; versions older than the live one's predecessor go. */
async function prepareVersion(owner: pg.Client, projection: Projection): Promise<{ version: number }> {
  const { name } = projection;
  await owner.query('begin');
  const { rows } = await owner.query<{ version: number; state: string }>(
    'select version, state from projections where name = $1 order by version for update',
    [name],
  );
  const live = rows.find(({ state }) => state === 'live');
  if (!live) throw new Error(`projection ${name} has no live version`);
  let building = rows.find(({ state }) => state === 'building');
  if (!building) {
    building = { version: (rows.at(-1)?.version ?? 0) + 1, state: 'building' };
    const table = tableOf(name, building.version);
    await owner.query(`create table ${table} (like ${tableOf(name, live.version)} including all)`);
    await owner.query(`call tradewind_isolate('${table}')`);
    await owner.query('insert into projections (name, version, state) values ($1, $2, $3)', [
      name,
      building.version,
      'building',
    ]);
    const retired = rows.filter(({ state, version }) => state === 'retired' && version < live.version - 1);
    for (const { version } of retired) {
      await owner.query(`drop table ${tableOf(name, version)}`);
      await owner.query('delete from projections where name = $1 and version = $2', [name, version]);
    }
  }
  await owner.query('commit');
  return { version: building.version };
}

async function switchTo(owner: pg.Client, name: string, version: number): Promise<void> {
  await owner.query('begin');
  await owner.query('select 1 from projections where name = $1 order by version for update', [name]);
  await owner.query(`update projections set state = 'retired' where name = $1 and state = 'live'`, [name]);
  await owner.query(`update projections set state = 'live' where name = $1 and version = $2`, [
    name,
    version,
  ]);
  await owner.query(
    `create or replace view ${name} with (security_invoker = true) as select * from ${tableOf(name, version)}`,
  );
  // What the old version had parked is applied, or parked by the new one under the name that is now its own.
  await owner.query('delete from parked_events where consumer = $1', [name]);
  await owner.query('update parked_events set consumer = $1 where consumer = $2', [
    name,
    parkingName(name, version, 'building'),
  ]);
  failpoint('rebuild.switching');
  await owner.query('commit');
}

/** The part of a partition that a rebuild reads: `start` <= offset < `end`. */
interface Range {
  readonly start: bigint;
  readonly end: bigint;
}

async function startsOf(
  log: BrokerLog,
  topic: string,
  from: RebuildOptions['from'],
): Promise<Map<number, bigint>> {
  if (typeof from === 'number') return log.offsetsAt(topic, from);
  const starts = await log.beginningOffsets(topic);
  for (const [partition, low] of starts) starts.set(partition, from?.get(`${topic} ${partition}`) ?? low);
  return starts;
}

/** Events applied so far, counted from the start to the pinned end of each partition. */
async function position(
  db: Database,
  name: string,
  version: number,
  target: ReadonlyMap<string, Range>,
): Promise<bigint> {
  type Row = { topic: string; partition: number; next: bigint };
  const rows = await db.transaction('', (tx) =>
    tx.query<Row>(
      `select topic, partition, next_offset as next from projection_checkpoints
       where projection = $1 and version = $2`,
      [name, version],
    ),
  );
  let sum = 0n;
  for (const { topic, partition, next } of rows) {
    const range = target.get(`${topic} ${partition}`);
    if (!range) continue;
    const reached = next < range.end ? next : range.end;
    if (reached > range.start) sum += reached - range.start;
  }
  return sum;
}
