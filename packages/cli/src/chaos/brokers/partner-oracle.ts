import type { Broken } from '#chaos/checks.ts';

/** An event as it stands in Kafka. */
export interface Published {
  readonly eventId: string;
  readonly key: string;
  readonly version: number;
}

/** An attempt as the partner saw it, and what it answered. */
export interface Heard extends Published {
  readonly status: number;
}

/**
 * What is wrong with what an endpoint has heard of those events: one it has never taken, or one it took after a later one of
 * the same resource. The same one again is allowed until a later one was taken. Pure.
 */
export function partnerProblems(
  endpoint: string,
  published: readonly Published[],
  heard: readonly Heard[],
): Broken[] {
  const problems: Broken[] = [];
  const taken = new Set<string>();
  const last = new Map<string, number>();
  for (const { eventId, key, version, status } of heard) {
    const before = last.get(key) ?? 0;
    if (version < before) {
      const what = `${endpoint} was sent version ${version} of ${key} after it had taken ${before}`;
      problems.push({ rule: 'webhook order', subject: eventId, what });
    }
    if (status >= 300) continue;
    taken.add(eventId);
    last.set(key, Math.max(version, before));
  }
  for (const { eventId, key, version } of published) {
    if (taken.has(eventId)) continue;
    const what = `${endpoint} has not taken version ${version} of ${key}`;
    problems.push({ rule: 'webhook missing', subject: eventId, what });
  }
  return problems;
}
