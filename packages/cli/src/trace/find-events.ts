import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { traceIdOf } from '@tradewind/outbox/context.ts';
import { eventTopics } from '#reconcile/event-log.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';

/** What a lineage tells of an event. */
export interface FoundEvent extends Pick<
  AnyEvent,
  | ('eventId' | 'storeId' | 'partitionKey' | 'aggregateVersion' | 'producer')
  | ('traceId' | 'correlationId' | 'causationId' | 'occurredAt')
> {
  readonly eventType: string;
  readonly payload?: unknown;
  /** Why its bytes can't be read; then it has what its headers say. */
  readonly unreadable?: string;
}

/** An event as Kafka has it. */
export interface Found {
  readonly message: Message;
  readonly event: FoundEvent;
}

/** Clocks differ, and what is published is a little younger than it says. */
const SKEW_MS = 5_000;
/** Consequences come within seconds. Those that come later have deliveries or parked rows that say so. */
const FOLLOW_MS = 120_000;
const READERS = 6;

interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** All events of a key in a topic, from a time on. */
export async function eventsOfKey(
  stack: RunningStack,
  topic: string,
  key: string,
  since: number,
): Promise<Found[]> {
  const ranges = await rangesOf(stack, topic, since - SKEW_MS);
  const own = ranges.filter(({ partition }) => partition === partitionFor(key, ranges.length));
  return decoded(stack, await read(stack, own, (message) => message.key === key));
}

/** The event of an id, whose first letters are the time at which it was made. */
export async function eventOfId(
  stack: RunningStack,
  eventId: string,
  madeAt: number,
): Promise<Found | undefined> {
  for (const until of [madeAt + FOLLOW_MS, undefined]) {
    const ranges = await Promise.all(
      eventTopics.map((topic) => rangesOf(stack, topic, madeAt - SKEW_MS, until)),
    );
    const found = await read(stack, ranges.flat(), ({ headers }) => headers['eventId'] === eventId);
    if (found.length > 0) return (await decoded(stack, found))[0];
  }
  return undefined;
}

/** Events of the same requests that were published soon after the given times. */
export async function eventsOfRequests(
  stack: RunningStack,
  correlationIds: ReadonlySet<string>,
  times: readonly number[],
): Promise<Found[]> {
  const ranges: Range[] = [];
  for (const [from, until] of windows(times)) {
    const some = await Promise.all(eventTopics.map((topic) => rangesOf(stack, topic, from, until)));
    ranges.push(...some.flat());
  }
  return decoded(
    stack,
    await read(stack, ranges, ({ headers }) => correlationIds.has(headers['correlationId'] ?? '')),
  );
}

/** Times with what follows them, those that overlap as one. Pure. */
export function windows(times: readonly number[]): [from: number, until: number][] {
  const merged: [number, number][] = [];
  for (const time of times.toSorted((a, b) => a - b)) {
    const last = merged.at(-1);
    if (last && time - SKEW_MS <= last[1]) last[1] = time + FOLLOW_MS;
    else merged.push([time - SKEW_MS, time + FOLLOW_MS]);
  }
  return merged;
}

async function rangesOf(stack: RunningStack, topic: string, since: number, until?: number): Promise<Range[]> {
  try {
    const [starts, ends] = await Promise.all([
      stack.log.offsetsAt(topic, since),
      until === undefined || until > Date.now()
        ? stack.log.endOffsets(topic)
        : stack.log.offsetsAt(topic, until),
    ]);
    return [...ends].map(([partition, to]) => ({ topic, partition, from: starts.get(partition) ?? 0n, to }));
  } catch (error) {
    // A stack without the service that writes it.
    if (isDomainError(error) && error.code === 'TOPIC_UNKNOWN') return [];
    throw error;
  }
}

async function read(
  stack: RunningStack,
  ranges: readonly Range[],
  wanted: (message: Message) => boolean,
): Promise<Message[]> {
  const left = ranges.filter(({ from, to }) => from < to);
  const found: Message[] = [];
  const reader = async (): Promise<void> => {
    for (let range = left.pop(); range; range = left.pop()) {
      const { topic, partition, from, to } = range;
      for await (const batch of stack.log.read(topic, partition, from, to))
        found.push(...batch.filter(wanted));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return found;
}

/** Once each: a relay that dies after Kafka has a batch sends it again, and the first one is what counted. */
async function decoded(stack: RunningStack, messages: readonly Message[]): Promise<Found[]> {
  const first = new Map<string, Message>();
  for (const message of messages) {
    const id = message.headers['eventId'] ?? `${message.topic} ${message.partition} ${message.offset}`;
    const known = first.get(id);
    if (known === undefined || message.offset < known.offset) first.set(id, message);
  }
  return Promise.all(
    [...first.values()].map(async (message) => ({ message, event: await readEvent(stack, message) })),
  );
}

/** One that nobody can read is what operators ask for most: told by its headers. */
async function readEvent(stack: RunningStack, message: Message): Promise<FoundEvent> {
  try {
    return await stack.schemas.decode(message.value);
  } catch (error) {
    if (!isDomainError(error) || error.retryable) throw error;
    return { ...toldByHeaders(message), unreadable: `${error.code}: ${error.message}` };
  }
}

/** Pure. */
export function toldByHeaders({ key, headers, timestamp }: Message): FoundEvent {
  const { eventId = '', eventType = '', storeId = '', correlationId = '' } = headers;
  return {
    ...{ eventId, eventType, storeId, correlationId, partitionKey: key, causationId: null, producer: '?' },
    aggregateVersion: Number(headers['aggregateVersion'] ?? 0),
    traceId: traceIdOf(headers['traceparent']),
    occurredAt: new Date(timestamp),
  };
}
