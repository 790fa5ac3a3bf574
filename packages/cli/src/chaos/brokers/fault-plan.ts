import { seededRandom, shuffled } from '#chaos/random.ts';

export const SERVERS = ['rabbitmq', 'mosquitto', 'redis', 'kafka'] as const;
const SERVICES = ['notification', 'webhook-dispatcher', 'iot-bridge', 'inventory'] as const;
export const TARGETS = [...SERVERS, ...SERVICES] as const;

export type Server = (typeof SERVERS)[number];
export type Target = (typeof TARGETS)[number];

export interface PlannedFault {
  /** Since the start of the load. */
  readonly atMs: number;
  readonly target: Target;
  /** A server stays down this long before it is started again; a service comes back by itself. */
  readonly downMs: number;
}

export const isServer = (target: Target): target is Server => SERVERS.some((one) => one === target);

const GAP_MS = 3_500;
const HEAD_MS = 1_500;
const TAIL_MS = 2_500;
/** Long enough for clients to notice, and for what waits to pile up. */
const DOWN_MS = { least: 2_500, more: 1_500 };

/** Every target dies equally often (within one), in an order, at times and for as long as only the seed decides. */
export function planFaults(seed: number, seconds: number): PlannedFault[] {
  const random = seededRandom(seed);
  const span = Math.max(seconds * 1_000 - HEAD_MS - TAIL_MS, 1);
  const count = Math.max(Math.round(span / GAP_MS), TARGETS.length);
  const targets: Target[] = [];
  while (targets.length < count) targets.push(...round(random));
  return targets.slice(0, count).map((target, index) => ({
    atMs: Math.round(HEAD_MS + ((index + random()) * span) / count),
    target,
    downMs: isServer(target) ? Math.round(DOWN_MS.least + random() * DOWN_MS.more) : 0,
  }));
}

/** Kafka takes longest to come back: in the first half of each round, so that the load goes on afterwards. */
function round(random: () => number): Target[] {
  const others = shuffled(
    TARGETS.filter((target) => target !== 'kafka'),
    random,
  );
  const before = Math.floor((random() * others.length) / 2);
  return [...others.slice(0, before), 'kafka', ...others.slice(before)];
}
