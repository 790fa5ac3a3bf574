import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message, OutgoingMessage } from './message.ts';
import { partitionFor } from './partitioner.ts';

export const DEFAULT_PARTITIONS = 12;

/** Messages of one partition; the offset is the position. */
export type StoredPartition = Message[];

/** The stored half of the in-memory broker: what outlives every connection. */
export interface Topics {
  create(name: string, partitions?: number): void;
  partitions(topic: string): readonly StoredPartition[];
  append(topic: string, messages: readonly OutgoingMessage[]): void;
  /** Called after every append. */
  onAppend(listener: (topic: string) => void): void;
}

export function topicUnknown(topic: string): DomainError {
  return new DomainError('TOPIC_UNKNOWN', 'not-found', `topic "${topic}" does not exist`);
}

export function createTopics(now: () => number): Topics {
  const topics = new Map<string, StoredPartition[]>();
  const listeners: ((topic: string) => void)[] = [];

  function partitions(topic: string): StoredPartition[] {
    const found = topics.get(topic);
    if (!found) throw topicUnknown(topic);
    return found;
  }

  return {
    create(name, count = DEFAULT_PARTITIONS) {
      if (!topics.has(name))
        topics.set(
          name,
          Array.from({ length: count }, () => []),
        );
    },
    partitions,
    append(topic, messages) {
      const stored = partitions(topic);
      const timestamp = now();
      for (const { key, value, headers } of messages) {
        const partition = partitionFor(key, stored.length);
        const log = stored[partition]!;
        // Copied, as a broker would: what the publisher does with its buffer later must not change the log.
        const copy = { key, value: Buffer.from(value), headers: { ...headers } };
        log.push({ ...copy, topic, partition, offset: BigInt(log.length), timestamp });
      }
      for (const listener of listeners) listener(topic);
    },
    onAppend(listener) {
      listeners.push(listener);
    },
  };
}
