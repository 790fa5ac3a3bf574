/** How hard a replay may work. */
export type Speed =
  /** As fast as it can. */
  | { readonly kind: 'full' }
  /** At most so many events a second. */
  | { readonly kind: 'rate'; readonly perSecond: number }
  /** As live traffic lets it: the usual. */
  | { readonly kind: 'adaptive' };

/** What tells whether a replay is in the way of others. */
export interface Signs {
  /** Live events came since the last look, or wait to be applied. */
  readonly flowing: boolean;
  /** Age of the oldest event that waits in the outbox, in ms. */
  readonly outboxMs: number;
  /** Events that the live version has not applied yet. */
  readonly behind: number;
  /** Events a second by which the topics grow. */
  readonly growth: number;
}

/**
 * Time to rest after work that took one unit of it. 0 = nobody is there to be disturbed: work as fast as can be. Work takes
 * longer where others work too, so a rest in proportion to it yields to them by itself.
 */
export type Rest = number;

const LEAST: Rest = 1;
const MOST: Rest = 32;
/** Beyond these the live side is not keeping up. */
const OUTBOX_MS = 500;
const BEHIND = 500;

/** Pure. Backs off fast, comes back slowly. */
export function nextRest(rest: Rest, { flowing, outboxMs, behind }: Signs): Rest {
  if (outboxMs > OUTBOX_MS || behind > BEHIND) return Math.min(MOST, Math.max(LEAST, rest) * 2);
  const eased = rest <= LEAST ? LEAST : Math.max(LEAST, rest * 0.8);
  return flowing || rest > LEAST ? eased : 0;
}

/** A replay reads its topics so many times as fast as they grow, whatever the live side looks like. */
const FASTER = 3;

/**
 * Pure. How long to rest, in ms, after so many events took so long. Never so long that the topics outrun the replay: on a machine that is
 * busy all day it would never end.
 */
export function restAfter(rest: Rest, workMs: number, events: number, growth: number): number {
  const wanted = workMs * rest;
  if (growth <= 0) return wanted;
  return Math.max(0, Math.min(wanted, (events / (FASTER * growth)) * 1_000 - workMs));
}

/** Pure. How many events go into one transaction: one that is long holds up others whatever follows it. */
export function chunkSize(speed: Speed, rest: Rest): number {
  if (speed.kind === 'rate') return Math.max(1, Math.min(1_000, Math.ceil(speed.perSecond / 4)));
  return speed.kind === 'adaptive' && rest > 0 ? 250 : 5_000;
}

/**
 * Pure. When the next events may go at a rate, if these go now or, at the latest, when it is their turn. Time that was not used does not
 * add up: a pause is not followed by a rush.
 */
export function nextTurn(turn: number, now: number, count: number, perSecond: number): number {
  return Math.max(turn, now) + (count / perSecond) * 1_000;
}
