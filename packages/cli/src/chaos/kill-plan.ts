import { pick, seededRandom, shuffled } from './random.ts';

/** Services with a relay of their own. */
type RelayOf = 'order' | 'inventory' | 'payment-adapter';

/** Who dies: a service's process, or whichever process leads a service's relay at that moment. */
export type Victim =
  { readonly kind: 'service'; readonly name: RelayOf } | { readonly kind: 'relay'; readonly of: RelayOf };

export interface PlannedKill {
  /** Since the start of the load. */
  readonly atMs: number;
  readonly victim: Victim;
}

/** What kills are counted by. */
export const TARGETS = ['order', 'inventory', 'payment-adapter', 'relay'] as const;
export type Target = (typeof TARGETS)[number];
export const targetOf = (victim: Victim): Target => (victim.kind === 'relay' ? 'relay' : victim.name);

/** Mostly the relay that has a second process to take it over. */
const RELAYS: readonly RelayOf[] = ['order', 'order', 'order', 'inventory', 'payment-adapter'];

const GAP_MS = 3_500;
/** Buyers get going before the first kill, and the last victim has time to come back under load. */
const HEAD_MS = 1_500;
const TAIL_MS = 2_500;

/**
 * Every target dies equally often (within one), in an order and at times that only the seed decides. The first relay is
 * always that of orders: it has a second process to take over.
 */
export function planKills(seed: number, seconds: number): PlannedKill[] {
  const random = seededRandom(seed);
  const span = Math.max(seconds * 1_000 - HEAD_MS - TAIL_MS, 1);
  const count = Math.max(Math.round(span / GAP_MS), TARGETS.length);
  const targets: Target[] = [];
  while (targets.length < count) targets.push(...shuffled(TARGETS, random));
  let relays = 0;
  return targets.slice(0, count).map((target, index) => ({
    atMs: Math.round(HEAD_MS + ((index + random()) * span) / count),
    victim:
      target === 'relay'
        ? { kind: 'relay', of: relays++ === 0 ? 'order' : pick(RELAYS, random) }
        : { kind: 'service', name: target },
  }));
}

/** Below this a run proves nothing. */
export interface Least {
  readonly killsOfEach: number;
  readonly orders: number;
  readonly payments: number;
}

export function leastFor(seconds: number): Least {
  const long = seconds >= 60;
  return { killsOfEach: long ? 2 : 1, orders: long ? 50 : 10, payments: long ? 20 : 3 };
}
