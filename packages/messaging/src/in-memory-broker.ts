import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Broker, Subscription } from './broker.ts';
import { createGroup, type Group } from './in-memory-group.ts';
import { createTopics, type StoredPartition } from './in-memory-topics.ts';
import type { Log } from './log.ts';
import { PublishError } from './publish-error.ts';

export interface InMemoryClusterOptions {
  /** Topics that exist from the start. */
  readonly topics?: readonly string[];
  readonly now?: () => number;
}

export interface ConnectOptions {
  /** Grace in ms that `stop` and `close` give to batches in flight; default 10,000. */
  readonly drainMs?: number;
}

export interface InMemoryCluster {
  /** A connection, as one process would hold it. All see the same topics and groups. */
  connect(options?: ConnectOptions): Broker & Log;
}

const READ_BATCH = 1_000;

/** A broker without a server, for unit tests: partitions, groups, commits and redelivery as Kafka has them. */
export function createInMemoryCluster(options: InMemoryClusterOptions = {}): InMemoryCluster {
  const now = options.now ?? Date.now;
  const topics = createTopics(now);
  const groups = new Map<string, Group>();
  options.topics?.forEach((topic) => topics.create(topic));
  topics.onAppend((topic) => groups.forEach((group) => group.poke(topic)));

  function groupOf(name: string): Group {
    const group = groups.get(name) ?? createGroup(topics, now);
    groups.set(name, group);
    return group;
  }

  function idleGroup(name: string): Group {
    const group = groupOf(name);
    if (group.active) throw new DomainError('GROUP_ACTIVE', 'conflict', `group "${name}" has members`);
    return group;
  }

  const perPartition = async (topic: string, offset: (log: StoredPartition) => number) =>
    new Map(topics.partitions(topic).map((log, partition) => [partition, BigInt(offset(log))]));

  const log: Log = {
    endOffsets: (topic) => perPartition(topic, (stored) => stored.length),
    beginningOffsets: (topic) => perPartition(topic, () => 0),
    offsetsAt: (topic, epochMs) =>
      perPartition(topic, (stored) => {
        const first = stored.findIndex((message) => message.timestamp >= epochMs);
        return first < 0 ? stored.length : first;
      }),
    async setGroupOffsets(name, topic, offsets) {
      const group = idleGroup(name);
      topics.partitions(topic);
      offsets.forEach((offset, partition) => group.commit(topic, partition, offset));
    },
    async groupOffsets(name, topic) {
      const found = new Map<number, bigint>();
      topics.partitions(topic).forEach((_, partition) => {
        const committed = groups.get(name)?.committed(topic, partition);
        if (committed !== undefined) found.set(partition, committed);
      });
      return found;
    },
    async deleteGroup(name) {
      idleGroup(name);
      groups.delete(name);
    },
    async ensureTopic(spec) {
      topics.create(spec.name, spec.partitions);
    },
    async *read(topic, partition, from, to) {
      const stored = topics.partitions(topic)[partition] ?? [];
      const end = Math.min(Number(to), stored.length);
      for (let at = Number(from); at < end; at += READ_BATCH)
        yield stored.slice(at, Math.min(at + READ_BATCH, end));
    },
  };

  function connect({ drainMs = 10_000 }: ConnectOptions = {}): Broker & Log {
    const subscriptions: Subscription[] = [];
    return {
      ...log,
      publisher: () => ({
        async publish(topic, messages) {
          try {
            topics.append(topic, messages);
          } catch (cause) {
            throw new PublishError(`topic "${topic}" does not exist`, {
              retryable: false,
              code: 'TOPIC_UNKNOWN',
              cause,
            });
          }
        },
        close: () => Promise.resolve(),
      }),
      async subscribe(subscribe) {
        const subscription = groupOf(subscribe.group).join(subscribe, drainMs);
        subscriptions.push(subscription);
        return subscription;
      },
      async close() {
        await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      },
    };
  }
  return { connect };
}

/** One connection to a cluster of its own. */
export function createInMemoryBroker(options: InMemoryClusterOptions = {}): Broker & Log {
  return createInMemoryCluster(options).connect();
}
