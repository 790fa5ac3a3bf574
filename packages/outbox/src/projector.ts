import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import { isDataError } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { lockCheckpoints, placeName, saveCheckpoints } from './checkpoints.ts';
import { checkHeaders } from './event-headers.ts';
import { failpoint } from './failpoints.ts';
import { decodeFailure, type Decoded, foldEvent, rejected } from './fold-event.ts';
import { type Failure, parkEvent, parkedKey, parkedKeys } from './parked.ts';
import { type FoldedProjection, isSummed, type Projection } from './projection.ts';
import { isPassedOver, passedOver, versionIn } from './passed-over.ts';
import { postgresStore } from './postgres-store.ts';
import { type ProjectionStore, type RowChange, RowRefused, type StoredRow } from './projection-store.ts';
import { progressMarks } from './projection-progress.ts';

export interface ProjectorOptions {
  readonly projection: FoldedProjection;
  readonly version: number;
  /** Under the service's ordinary role: each tenant's events are applied as that tenant. */
  readonly db: Database;
  /** Undefined for a message that says nothing (a tombstone). */
  readonly decode: (value: Buffer, topic: string) => AnyEvent | undefined | Promise<AnyEvent | undefined>;
  /** Where the version's rows stand; the service's Postgres where it is left out. */
  readonly store?: ProjectionStore;
}

/** Applies batches of one partition to one version of a projection, exactly once. */
export interface Projector {
  apply(batch: readonly Message[]): Promise<void>;
  /** Tries one parked event again in the caller's transaction; answers why it still fails. */
  retry(tx: Transaction, message: Message): Promise<Failure | undefined>;
  /** Events applied by this process. */
  readonly applied: number;
}

interface Job {
  readonly topic: string;
  readonly partition: number;
  readonly events: readonly Decoded[];
}

type Apply = (tx: Transaction, events: readonly Decoded[], consumer: string) => Promise<void>;

export interface FeedOptions extends Omit<ProjectorOptions, 'projection'> {
  readonly projection: Projection;
}

/** What applies the events of a read model, of whichever kind. */
export const projectorOf = ({ projection, ...options }: FeedOptions): Projector =>
  isSummed(projection) ? projection.projector(options) : createProjector({ ...options, projection });

/** The version was retired (another one is live now) or never built. */
export class ProjectionRetired extends Error {}

// Kafka's offset is committed after this transaction, so what is live must be on disk by then: a consumer that is past an
// event never asks for it again. A build reads from its own checkpoints, and may lose the last ones.
const claim = `
  select state, set_config('synchronous_commit', case state when 'live' then 'on' else 'off' end, true)
  from projections where name = $1 and version = $2 for share`;

/**
 * Checkpoints and parked events of a batch commit together, after its rows or, where these stand in Postgres, with them.
 * Concurrent partitions share a transaction. The checkpoint drops what was applied before; the row's version per topic drops
 * repeats inside the topic and parks a key whose next event is missing.
 */
export function createProjector(options: ProjectorOptions): Projector {
  const { projection, version, db, decode } = options;
  const table = (options.store ?? postgresStore()).rows(projection, version);
  const captured = new Set(projection.captured);
  const progress = progressMarks(projection.name);
  let applied = 0;

  async function decodeAll(batch: readonly Message[]): Promise<Decoded[]> {
    const decoded: Decoded[] = [];
    for (const message of batch) {
      try {
        const value = decode(message.value, message.topic);
        const event = value instanceof Promise ? await value : value;
        // Change data capture writes no headers.
        if (event && !captured.has(message.topic)) checkHeaders(event, message);
        decoded.push({ message, event });
      } catch (error) {
        // A registry that is away says nothing about the event: the batch comes again.
        if (error instanceof DomainError && error.retryable) throw error;
        decoded.push({ message, event: undefined, error });
      }
    }
    return decoded;
  }

  async function run(jobs: readonly Job[], apply: Apply): Promise<void> {
    await db.transaction(
      '',
      async (tx) => {
        const [found] = await tx.query<{ state: string }>(claim, [projection.name, version]);
        if (!found || found.state === 'retired')
          throw new ProjectionRetired(`${projection.name} v${version}`);
        const fresh = await dropApplied(tx, jobs);
        const byTenant = Map.groupBy(
          fresh,
          ({ message, event }) => message.headers['storeId'] ?? event?.storeId ?? '',
        );
        for (const [storeId, events] of byTenant) {
          await tx.actFor(storeId);
          await apply(tx, events, parkingName(projection.name, version, found.state));
        }
        const reached = jobs.map(({ topic, partition, events }) => ({
          topic,
          partition,
          next: (events.at(-1)?.message.offset ?? -1n) + 1n,
        }));
        const rows = await saveCheckpoints(tx, projection.name, version, reached);
        if (found.state === 'live') await progress.mark(tx, version, rows);
        failpoint('projection.applied');
        applied += fresh.length;
      },
      { durable: false },
    );
    failpoint('projection.committed');
  }

  async function dropApplied(tx: Transaction, jobs: readonly Job[]): Promise<Decoded[]> {
    const next = await lockCheckpoints(tx, projection.name, version, jobs);
    return jobs.flatMap((job) => {
      const from = next.get(placeName(job)) ?? 0n;
      return job.events.filter(({ message }) => message.offset >= from);
    });
  }

  async function applyTenant(tx: Transaction, events: readonly Decoded[], consumer: string): Promise<void> {
    const parked = new Set(await parkedKeys(tx, [consumer]));
    const wanted = new Map(
      events.flatMap(({ event }): [string, AnyEvent][] => (event ? [[projection.keyOf(event), event]] : [])),
    );
    const loaded = await table.load(tx, wanted);
    const rows = new Map(loaded);
    const changed = new Set<string>();
    for (const one of events) {
      const { message } = one;
      const place = parkedKey(consumer, message.topic, message.key);
      if (parked.has(place)) {
        await parkEvent(tx, consumer, message);
        continue;
      }
      const failure = foldEvent(projection, rows, changed, one) && (await failsStill(tx, rows, changed, one));
      if (failure) {
        await parkEvent(tx, consumer, message, failure, projection.name);
        parked.add(place);
      }
    }
    await table.save(tx, changesOf(changed, loaded, rows));
  }

  /** Each event by itself: one that the store refuses is parked, the others go on. */
  async function applyAlone(tx: Transaction, events: readonly Decoded[], consumer: string): Promise<void> {
    for (const one of events) {
      const failure = await unlessRefused(tx, () => applyTenant(tx, [one], consumer));
      if (failure && !(await isPassedOver(tx, projection.name, one.message)))
        await parkEvent(tx, consumer, one.message, failure, projection.name);
    }
  }

  /** What has to do with these keys goes alone, the rest at once. */
  const applyApart =
    (keys: ReadonlySet<string>): Apply =>
    async (tx, events, consumer) => {
      const alone = ({ event }: Decoded) => event !== undefined && keys.has(projection.keyOf(event));
      await applyTenant(
        tx,
        events.filter((one) => !alone(one)),
        consumer,
      );
      await applyAlone(tx, events.filter(alone), consumer);
    };

  /** What failed, once more: an event that an operator has given up, or the gap that it has left, is no failure. */
  async function failsStill(
    tx: Transaction,
    rows: Map<string, StoredRow>,
    changed: Set<string>,
    one: Decoded,
  ): Promise<Failure | undefined> {
    const given = await passedOver(tx, projection.name, one.message);
    const itself = given.has(versionIn(one.message.headers) ?? Number.NaN);
    return itself ? undefined : foldEvent(projection, rows, changed, one, given);
  }

  const commit = groupCommit<Job, void>({
    groupOf: () => 'all',
    maxBatch: 12,
    run: async (_, jobs) => {
      await run(jobs, applyTenant)
        .catch((error: unknown) => {
          if (!(error instanceof RowRefused)) throw error;
          return run(jobs, applyApart(new Set(error.keys)));
        })
        .catch((error: unknown) => {
          if (!isRefused(error)) throw error;
          return run(jobs, applyAlone);
        });
      return jobs.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  return {
    async apply(batch) {
      const first = batch[0];
      if (!first) return;
      failpoint('projection.received');
      await commit({ topic: first.topic, partition: first.partition, events: await decodeAll(batch) });
    },
    async retry(tx, message) {
      const [decoded] = await decodeAll([message]);
      if (decoded?.error !== undefined) return decodeFailure(decoded.error);
      if (!decoded?.event) return undefined;
      await tx.actFor(decoded.event.storeId);
      const loaded = await table.load(tx, new Map([[projection.keyOf(decoded.event), decoded.event]]));
      const rows = new Map(loaded);
      const changed = new Set<string>();
      const failure =
        foldEvent(projection, rows, changed, decoded) && (await failsStill(tx, rows, changed, decoded));
      return failure ?? unlessRefused(tx, () => table.save(tx, changesOf(changed, loaded, rows)));
    },
    get applied() {
      return applied;
    },
  };
}

/**
 * Under which name a version parks events. One that is being built has its own: what the live version has parked must not
 * hold up the replay that is to repair it. The switch gives it the projection's name.
 */
export const parkingName = (projection: string, version: number, state: string): string =>
  state === 'building' ? `${projection}.v${version}` : projection;

function changesOf(
  keys: ReadonlySet<string>,
  loaded: ReadonlyMap<string, StoredRow>,
  rows: ReadonlyMap<string, StoredRow>,
): RowChange[] {
  return [...keys].map((key) => ({ before: loaded.get(key), after: rows.get(key)! }));
}

const isRefused = (error: unknown): boolean => isDataError(error) || error instanceof RowRefused;

/** Answers why the store refuses what was written; it is undone, and the transaction can go on. */
async function unlessRefused(tx: Transaction, write: () => Promise<void>): Promise<Failure | undefined> {
  await tx.execute('savepoint one');
  try {
    await write();
    return undefined;
  } catch (error) {
    if (!isRefused(error)) throw error;
    await tx.execute('rollback to savepoint one');
    return rejected(error);
  }
}
