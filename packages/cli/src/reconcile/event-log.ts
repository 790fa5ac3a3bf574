import { eventDefinitions, eventTypes } from '@tradewind/contracts/event.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Log } from '@tradewind/messaging/log.ts';

/** One record of an event topic, as its headers describe it. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly storeId: string;
  readonly key: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly version: number;
}

export interface TopicLog {
  readonly topic: string;
  readonly ends: ReadonlyMap<number, bigint>;
  /** By partition, in the order of their offsets. */
  readonly records: readonly (readonly LogRecord[])[];
}

export type EventLog = ReadonlyMap<string, TopicLog>;

/** Topics that carry events of the contract. */
export const eventTopics: readonly string[] = [
  ...new Set(eventTypes.map((type) => eventDefinitions[type].topic)),
];

const READERS = 6;

/**
 * Reads every event topic that exists to the end offsets of now, from its start or from a time (epoch ms) on. Keeps headers,
 * not payloads.
 */
export async function readEvents(log: Log, since?: number): Promise<EventLog> {
  const topics = new Map<string, { topic: string; ends: Map<number, bigint>; records: LogRecord[][] }>();
  const work: (() => Promise<void>)[] = [];
  for (const topic of eventTopics) {
    const ends = await endsOf(log, topic);
    if (ends === undefined) continue;
    const records: LogRecord[][] = Array.from({ length: ends.size }, () => []);
    topics.set(topic, { topic, ends, records });
    const starts = since === undefined ? undefined : await log.offsetsAt(topic, since);
    for (const [partition, end] of ends) {
      const start = starts?.get(partition) ?? 0n;
      if (start >= end) continue;
      work.push(async () => {
        records[partition] = await readPartition(log, topic, partition, start, end);
      });
    }
  }
  await Promise.all(
    Array.from({ length: READERS }, async () => {
      for (let next = work.pop(); next !== undefined; next = work.pop()) await next();
    }),
  );
  return topics;
}

async function readPartition(
  log: Log,
  topic: string,
  partition: number,
  start: bigint,
  end: bigint,
): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of log.read(topic, partition, start, end)) {
    for (const { offset, key, headers } of batch) {
      const { storeId = '', eventId = '', eventType = '', aggregateVersion } = headers;
      records.push({
        partition,
        offset,
        storeId,
        key,
        eventId,
        eventType,
        version: Number(aggregateVersion),
      });
    }
  }
  return records;
}

async function endsOf(log: Log, topic: string): Promise<Map<number, bigint> | undefined> {
  try {
    return await log.endOffsets(topic);
  } catch (error) {
    // A stack without the service that writes it.
    if (isDomainError(error) && error.code === 'TOPIC_UNKNOWN') return undefined;
    throw error;
  }
}

/** All records of a topic, partition by partition; empty where there is no such topic. */
export function* recordsOf(events: EventLog, topic: string): Generator<LogRecord> {
  for (const partition of events.get(topic)?.records ?? []) yield* partition;
}
