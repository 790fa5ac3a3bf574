import type { Broker, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import pg from 'pg';
import { failpoint } from './failpoints.ts';
import { type Projection, topicsIn } from './projection.ts';
import { projectionGroup } from './projection-runner.ts';
import { createProjector, type ProjectorOptions } from './projector.ts';
import { onlyPostgres, postgresStore } from './postgres-store.ts';
import type { ProjectionStore, ProjectionStores, StoreKind } from './projection-store.ts';
import { compare, type Mismatch } from './parity.ts';
import { prepareVersion, switchTo } from './versions.ts';

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
  /** Where versions may stand; only in Postgres where it is left out. */
  readonly stores?: ProjectionStores;
  /** Where the new version is to stand; the live one's store where it is left out. */
  readonly store?: StoreKind;
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
  readonly store: StoreKind;
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
 * Rebuilds a projection beside the live one: new place → read the topics from the start to the end offsets seen at the
 * start, then follow → compare → switch the view and retire the old version, in one transaction. Killed at any
 * point, the next call resumes the half-built version from its checkpoints (or begins anew where that one stands in another store than
 * is wanted); live reads never see it before the switch.
 * @throws RebuildRunning when a replay of this projection is running
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const { projection, service, broker, brokerLog, signal } = options;
  const owner = new pg.Client({ connectionString: options.ownerUrl, application_name: `${service}:replay` });
  await owner.connect();
  const stores = options.stores ?? onlyPostgres();
  const openStore = (kind: StoreKind): Promise<ProjectionStore> =>
    kind === 'postgres'
      ? Promise.resolve(postgresStore({ owner, systemDb: options.systemDb }))
      : stores.open(kind);
  let subscription: Subscription | undefined;
  try {
    await lock(owner, projection.name);
    const prepared = await prepareVersion(owner, projection, { stores, openStore }, options.store);
    const { version } = prepared;
    const store = await openStore(prepared.store);
    failpoint('rebuild.prepared');
    const group = projectionGroup(service, projection.name, version);
    const target = new Map<string, Range>();
    const topics = topicsIn(projection, store.kind);
    for (const topic of topics) {
      const starts = await startsOf(brokerLog, topic, options.from);
      if (options.from !== undefined) await brokerLog.setGroupOffsets(group, topic, starts);
      for (const [partition, end] of await brokerLog.endOffsets(topic)) {
        const start = starts.get(partition) ?? 0n;
        // A partition with nothing to read never gets a checkpoint: it must not be waited for.
        if (start < end) target.set(`${topic} ${partition}`, { start, end });
      }
    }
    const started = performance.now();
    const projector = createProjector({ ...options, version, store });
    subscription = await broker.subscribe({
      group,
      topics,
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
    const parity = await compare({ ...options, store }, version);
    const report = {
      projection: projection.name,
      version,
      store: store.kind,
      events: total,
      seconds,
      rows: parity.rows,
      digest: parity.digest,
      mismatches: parity.mismatches,
    };
    options.onProgress({ phase: 'comparing', version, done: total, total, rate: 0, secondsLeft: 0 });
    if (options.verify && parity.mismatches.length > 0) return { ...report, switched: false };
    await switchTo(owner, projection.name, { version, store: store.kind });
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
