import { KEPT_CHANGES, type StatusChange } from './status-change.ts';

/**
 * What an instance knows of one order that clients watch: a chain of changes without a gap, and those that came before
 * what they follow. Fed by hints of the change stream, which may be lost, repeated or late, and by reads of the projection,
 * which may be behind the hints. Pure.
 */
export interface OrderFeed {
  /** Oldest first, each the `previous` of the next. */
  readonly changes: readonly StatusChange[];
  /** Known, but something before them is missing: the projection has it. */
  readonly early: readonly StatusChange[];
}

export interface Step {
  readonly feed: OrderFeed;
  /** What every client of the order is told now, in order. */
  readonly told: readonly StatusChange[];
}

export const emptyFeed: OrderFeed = { changes: [], early: [] };

/** True while only a read of the projection can go on. */
export const isBehind = ({ early }: OrderFeed): boolean => early.length > 0;

/** A change out of the stream. */
export function onHint(feed: OrderFeed, change: StatusChange): Step {
  if (change.version <= lastVersion(feed)) return { feed, told: [] };
  return advance(feed, [], [...feed.early, change]);
}

/** The order's changes as the projection has them. */
export function onRead(feed: OrderFeed, changes: readonly StatusChange[]): Step {
  const last = lastVersion(feed);
  return advance(
    feed,
    changes.filter(({ version }) => version > last),
    feed.early,
  );
}

/** What a client is told that joins: the current status, or all that came after the version it knows. */
export function backlog({ changes }: OrderFeed, after: number | undefined): readonly StatusChange[] {
  return after === undefined ? changes.slice(-1) : changes.filter(({ version }) => version > after);
}

const lastVersion = ({ changes }: OrderFeed): number => changes.at(-1)?.version ?? 0;

/** Adds what follows for sure, then everything early that now has its predecessor. */
function advance(feed: OrderFeed, sure: readonly StatusChange[], early: readonly StatusChange[]): Step {
  const told = [...sure];
  const waiting: StatusChange[] = [];
  let last = told.at(-1)?.version ?? lastVersion(feed);
  for (const change of [...early].sort((a, b) => a.version - b.version)) {
    if (change.version <= last) continue;
    if (change.previous === last) {
      told.push(change);
      last = change.version;
    } else if (waiting.at(-1)?.version !== change.version) waiting.push(change);
  }
  const changes = told.length === 0 ? feed.changes : [...feed.changes, ...told].slice(-KEPT_CHANGES);
  return { feed: { changes, early: waiting.slice(-KEPT_CHANGES) }, told };
}
