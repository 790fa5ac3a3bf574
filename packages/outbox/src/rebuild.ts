import { type BuildOptions, type BuiltUp, buildUp } from './build-up.ts';
import { type Certificate, certify } from './certificate.ts';
import { totalOf } from './bucket-digest.ts';
import { compareSums } from './compare-sums.ts';
import { checkpointsOf, type From } from './replay-ranges.ts';
import { failpoint } from './failpoints.ts';
import type { LiveVersion } from './live-version.ts';
import { compare, type Mismatch, type Parity } from './parity.ts';
import { isSummed } from './projection.ts';
import { projectionGroup } from './projection-runner.ts';
import type { StoreKind } from './projection-store.ts';
import type { Recipe } from './recipe.ts';
import { inSession, type ReplaySession, type ReplayUses } from './replay-session.ts';
import { untilPublished } from './until-published.ts';
import { prepareVersion, retireAgain, reviveLast, spoil, switchTo } from './versions.ts';

export type { Progress } from './replay-session.ts';
export { RebuildRunning } from './replay-session.ts';

export interface RebuildOptions extends ReplayUses {
  /** Where the new version is to stand; the live one's store where it is left out. */
  readonly store?: StoreKind;
  /** Switch only where it equals its source. */
  readonly verify: boolean;
  /** Build and compare, and leave the switch to a later call, which goes on with what was built. */
  readonly hold?: boolean;
  readonly from?: From;
  /** Stop at this time: what is built is kept to be looked at, and never goes live. */
  readonly until?: Date;
  /** Which code folds: what another build began is not gone on with. */
  readonly build?: string;
}

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  readonly store: StoreKind;
  readonly events: bigint;
  /** By this run, in so many seconds; the rest by one that it has resumed. */
  readonly read: bigint;
  readonly seconds: number;
  readonly rows: number;
  readonly digest: string;
  readonly mismatches: readonly Mismatch[];
  readonly switched: boolean;
  readonly certificate: Certificate;
}

/**
 * Rebuilds a projection beside the live one: new place → read the topics from the start to the end offsets seen at the
 * start → digest what that makes → follow and compare → switch the view and retire the old version, in one transaction. Killed at
 * any point, the next call resumes the half-built version from its checkpoints (or begins anew where that was begun by another build, for
 * another range or store); live reads never see it before the switch.
 * @throws RebuildRunning when a replay of this projection is running
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const recipe = recipeOf(options);
  return inSession(options, async (session) => {
    const made = await prepareVersion(session.client, options.projection, session, recipe, options.store);
    failpoint('rebuild.prepared');
    return finish(options, session, { made, recipe }, { from: options.from, until: options.until });
  });
}

/** There is no version to go back to. */
export class NothingToRollBackTo extends Error {}

/**
 * Goes back to the version that was live before: reads what it has missed, compares it where that is asked for, and switches. Given up or
 * killed half-way, that version is only newer than it was.
 */
export async function rollback(options: RebuildOptions): Promise<RebuildReport> {
  const recipe: Recipe = { kind: 'rollback', build: options.build ?? '', from: '', until: '' };
  const { name } = options.projection;
  return inSession(options, async (session) => {
    const made = await reviveLast(session.client, name);
    if (made === undefined) throw new NothingToRollBackTo(`${name} has no earlier version: none was kept`);
    failpoint('rebuild.revived');
    try {
      return await finish(options, session, { made, recipe }, {});
    } finally {
      await retireAgain(session.client, name, made.version);
    }
  });
}

interface Making {
  readonly made: LiveVersion;
  readonly recipe: Recipe;
}

async function finish(
  options: RebuildOptions,
  session: ReplaySession,
  { made, recipe }: Making,
  range: BuildOptions,
): Promise<RebuildReport> {
  const { projection, onProgress } = options;
  const { client } = session;
  const startedAt = new Date();
  const store = await session.openStore(made.store);
  const built = await buildUp(options, made, store, range);
  const { events: total } = built;
  const told = { version: made.version, done: total, total, rate: 0, secondsLeft: 0 };
  const whole = options.until === undefined;
  const sums = isSummed(projection);
  let follower = whole && !sums ? built.follow() : undefined;
  let switched = false;
  try {
    if (whole) onProgress({ phase: 'comparing', ...told });
    const settle = async (): Promise<void> => {
      await untilPublished(options.systemDb, options.signal);
      await follower?.catchUp();
    };
    const compared = { ...options, store, stores: session.stores, readTo: built.readTo, settle };
    const parity = whole ? await (sums ? compareSums : compare)(compared, made.version) : undefined;
    failpoint('rebuild.compared');
    options.signal.throwIfAborted();
    const report = reportOf(options, { made, recipe }, { startedAt, built, parity });
    if (report.mismatches.length > 0 && options.verify) {
      if (recipe.kind === 'replay') await spoil(client, projection.name, made.version);
      return report;
    }
    if (options.hold === true || !whole) return report;
    if (follower === undefined) {
      follower = built.follow();
      await follower.catchUp();
    }
    await moveGroup(options, made.version);
    await switchTo(client, projection.name, made);
    switched = true;
    failpoint('rebuild.switched');
    // Events that the old version has taken just before wait for nobody else's next event.
    await follower.catchUp();
    onProgress({ phase: 'switched', ...told });
    return { ...report, switched };
  } finally {
    built.stop();
    await follower?.stop().catch((error: unknown) => {
      // What is live is followed by the service from here on.
      if (!switched) throw error;
    });
  }
}

function recipeOf({ build = '', from, until }: RebuildOptions): Recipe {
  const places = typeof from === 'object' ? [...from].map(([place, at]) => `${place}=${at}`).sort() : [];
  return {
    kind: 'replay',
    build,
    from: typeof from === 'number' ? String(from) : places.join(),
    until: until?.toISOString() ?? '',
  };
}

function reportOf(
  { service, projection }: RebuildOptions,
  { made, recipe }: Making,
  {
    startedAt,
    built,
    parity,
  }: { readonly startedAt: Date; readonly built: BuiltUp; readonly parity: Parity | undefined },
): RebuildReport {
  const { version, store } = made;
  const { rows, digest } = parity ?? totalOf(built.replayed);
  return {
    ...{ projection: projection.name, version, store, rows, digest },
    events: built.events,
    read: built.read,
    seconds: built.seconds,
    mismatches: parity?.mismatches ?? [],
    switched: false,
    certificate: certify({
      ...{ service, projection: projection.name, version, store, recipe, startedAt, parity },
      endedAt: new Date(),
      ranges: built.ranges,
      replayed: built.replayed,
    }),
  };
}

/**
 * Where the service's consumers are to begin with this version. Without it they would read the whole log again, to no effect; a group
 * that has members has a position already.
 */
async function moveGroup(options: RebuildOptions, version: number): Promise<void> {
  const { service, projection, db, brokerLog } = options;
  const group = projectionGroup(service, projection.name, version);
  const reached = await checkpointsOf(db, projection.name, version);
  for (const [topic, places] of Map.groupBy(reached, (place) => place.topic)) {
    const offsets = new Map(places.map(({ partition, next }) => [partition, next]));
    await brokerLog.setGroupOffsets(group, topic, offsets).catch((error: unknown) => {
      if ((error as { code?: string }).code !== 'GROUP_ACTIVE') throw error;
    });
  }
}
