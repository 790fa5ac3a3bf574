import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import type { TopicLog } from './event-log.ts';
import type { Violation } from './invariant.ts';

/** The last version of each aggregate in a topic, by `storeId key`, and what is out of order. Pure. */
export function checkTopic({ topic, records }: TopicLog): {
  lastVersions: Map<string, number>;
  violations: Violation[];
} {
  const lastVersions = new Map<string, number>();
  const partitionOf = new Map<string, number>();
  const seen = new Set<string>();
  const violations: Violation[] = [];
  for (const record of records.flat()) {
    const { key, storeId, eventId, version, partition, offset } = record;
    const place = `${topic} ${partition}@${offset}`;
    const aggregate = `${storeId} ${key}`;
    const first = partitionOf.get(aggregate);
    if (first === undefined) {
      partitionOf.set(aggregate, partition);
      const right = partitionFor(key, records.length);
      if (right !== partition)
        violations.push({ subject: place, what: `${key} belongs into partition ${right}` });
    } else if (first !== partition) {
      violations.push({ subject: place, what: `${key} is in partition ${first} too` });
    }
    // At least once: the relay may have published it again after a crash.
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    const last = lastVersions.get(aggregate) ?? 0;
    if (eventId === '' || version !== last + 1) {
      violations.push({ subject: place, what: `${aggregate}: version ${version} after ${last}` });
    }
    lastVersions.set(aggregate, Math.max(last, version));
  }
  return { lastVersions, violations };
}

/** What the source has that its topic has not, and the other way round. Pure. */
export function compareVersions(
  topic: string,
  source: ReadonlyMap<string, number>,
  published: ReadonlyMap<string, number>,
): Violation[] {
  return [...new Set([...source.keys(), ...published.keys()])].flatMap((aggregate): Violation[] => {
    const [stored = 0, last = 0] = [source.get(aggregate), published.get(aggregate)];
    return stored === last
      ? []
      : [{ subject: `${topic} ${aggregate}`, what: `stored version ${stored}, in Kafka ${last}` }];
  });
}
