import type { BucketDigests } from './bucket-digest.ts';
import { type Checkpoint, saveCheckpoints } from './checkpoints.ts';
import { failpoint } from './failpoints.ts';
import { follow, type Follower } from './follow.ts';
import type { LiveVersion } from './live-version.ts';
import { liveSigns } from './live-signs.ts';
import { digestVersion } from './parity.ts';
import { topicsIn } from './projection.ts';
import type { ProjectionStore } from './projection-store.ts';
import { projectorOf, type ProjectorOptions } from './projector.ts';
import { readRanges, type ReadOptions } from './read-ranges.ts';
import { checkpointsOf, countOf, type From, pinRanges, type Range, restOf } from './replay-ranges.ts';
import type { ReplayUses } from './replay-session.ts';
import { createThrottle } from './throttle.ts';

/** A version that has exactly what the pinned ranges hold. */
export interface BuiltUp {
  readonly ranges: readonly Range[];
  readonly replayed: BucketDigests;
  readonly events: bigint;
  /** Of these, how many an earlier run has not read already. */
  readonly read: bigint;
  readonly seconds: number;
  /** Goes on to these offsets. */
  readTo(places: readonly Checkpoint[]): Promise<void>;
  /** Goes on from there. */
  follow(): Follower;
  stop(): void;
}

export interface BuildOptions {
  readonly from?: From | undefined;
  /** Events that occurred later are left out. */
  readonly until?: Date | undefined;
  /** Instead of the end offsets seen now. */
  readonly ranges?: readonly Range[];
}

/** Reads a version up to offsets that are pinned first, from where its checkpoints are, and digests it there. */
export async function buildUp(
  uses: ReplayUses,
  { version }: LiveVersion,
  store: ProjectionStore,
  { from, until, ranges: given }: BuildOptions,
): Promise<BuiltUp> {
  const { projection, brokerLog, db, systemDb, signal, onProgress } = uses;
  const { name } = projection;
  const topics = topicsIn(projection, store.kind);
  const ranges = given ?? (await pinRanges(brokerLog, topics, from));
  if (from !== undefined || given !== undefined) await beginAt(uses, version, ranges);
  const rest = restOf(ranges, await checkpointsOf(db, name, version));
  const total = countOf(ranges);
  const before = total - countOf(rest);
  let done = before;
  const began = performance.now();
  const throttle = createThrottle(
    uses.speed ?? { kind: 'full' },
    liveSigns(systemDb, brokerLog, name, projection.topics),
    signal,
  );
  const tell = (): void => {
    const rate = Number(done - before) / ((performance.now() - began) / 1_000);
    onProgress({
      ...{ phase: 'reading', version, done, total, rate },
      secondsLeft: rate > 0 ? Number(total - done) / rate : undefined,
    });
  };
  const read: ReadOptions = {
    ...{ name, version, brokerLog, db, throttle, signal },
    projector: projectorOf({ projection, version, db, store, decode: upTo(until, uses.decode) }),
    onRead: (count) => {
      done += count;
    },
  };
  const timer = setInterval(tell, TELL_MS);
  try {
    tell();
    await readRanges(read, rest);
    tell();
    failpoint('rebuild.read');
    return {
      ranges,
      events: total,
      read: total - before,
      seconds: (performance.now() - began) / 1_000,
      replayed: await digestVersion({ projection, systemDb, store }, version),
      async readTo(places) {
        const to = places.map(({ next, ...place }) => ({ ...place, start: 0n, end: next }));
        await readRanges(
          { ...read, onRead: () => undefined },
          restOf(to, await checkpointsOf(db, name, version)),
        );
      },
      follow: () => follow({ ...read, onRead: () => undefined }, topics),
      stop: () => throttle.stop(),
    };
  } catch (error) {
    throttle.stop();
    throw error;
  } finally {
    clearInterval(timer);
  }
}

const TELL_MS = 250;

/** Whoever goes on with the version must not read what it leaves out. */
async function beginAt(
  { db, projection }: ReplayUses,
  version: number,
  ranges: readonly Range[],
): Promise<void> {
  const places = ranges.map(({ topic, partition, start }) => ({ topic, partition, next: start }));
  await db.transaction('', (tx) => saveCheckpoints(tx, projection.name, version, places));
}

function upTo(until: Date | undefined, decode: ProjectorOptions['decode']): ProjectorOptions['decode'] {
  if (until === undefined) return decode;
  return async (value, topic) => {
    const event = await decode(value, topic);
    return event !== undefined && event.occurredAt <= until ? event : undefined;
  };
}
