import type { Broker, Publisher, SubscribeOptions, Subscription } from '@tradewind/messaging/broker.ts';
import type { Log } from '@tradewind/messaging/log.ts';
import { adminConnection } from './client.ts';
import { isUnknownTopic, topicUnknown } from './errors.ts';
import { createKafkaLog } from './kafka-log.ts';
import { kafkajsLog, type Logger, silentLogger } from './logger.ts';
import { createPublisher } from './publisher.ts';
import { superviseSubscription } from './subscription.ts';

export interface KafkaOptions {
  /** host:port of some brokers. */
  readonly brokers: readonly string[];
  /** The service's name. */
  readonly clientId: string;
  readonly log?: Logger;
  /** Partitions that one subscription handles at once; default 12. */
  readonly concurrency?: number;
  /** Longest wait of a fetch for a message, in ms; default 250. */
  readonly maxWaitMs?: number;
  /** Grace in ms that `stop` and `close` give to batches in flight; default 10,000. */
  readonly drainMs?: number;
  /** Time in ms without an answer after which a consumer is replaced; default 30,000, above any rebalance. */
  readonly stallMs?: number;
  /** Target size of a send in bytes; default 900,000, below the broker's default limit of 1 MiB. */
  readonly maxBatchBytes?: number;
}

/** Kafka behind the ports of `@tradewind/messaging`. Connects at first use; outlives absences of the brokers. */
export function createKafkaBroker(options: KafkaOptions): Broker & Log {
  const { drainMs = 10_000, stallMs = 30_000, log = silentLogger } = options;
  const client = { brokers: options.brokers, clientId: options.clientId, log, logCreator: kafkajsLog(log) };
  const admin = adminConnection(client);
  const kafkaLog = createKafkaLog(client, admin);
  const publishers = new Set<Publisher>();
  const subscriptions = new Set<Subscription>();

  async function groupLag({ group, topics }: SubscribeOptions): Promise<bigint> {
    const perTopic = topics.map(async (topic) => {
      const [end, beginning, committed] = await Promise.all([
        kafkaLog.endOffsets(topic),
        kafkaLog.beginningOffsets(topic),
        kafkaLog.groupOffsets(group, topic),
      ]);
      return [...end].reduce((sum, [partition, offset]) => {
        const at = committed.get(partition) ?? beginning.get(partition) ?? 0n;
        return sum + (offset > at ? offset - at : 0n);
      }, 0n);
    });
    return (await Promise.all(perTopic)).reduce((sum, lag) => sum + lag, 0n);
  }

  /** Only what the brokers say for certain counts: while they are away, the subscription waits for them. */
  async function refuseUnknown(topics: readonly string[]): Promise<void> {
    for (const topic of topics) {
      try {
        await admin.use((connected) => connected.fetchTopicMetadata({ topics: [topic] }));
      } catch (error) {
        if (isUnknownTopic(error)) throw topicUnknown(topic, error);
        log.warn({ topic, error: String(error) }, 'topic not checked: the brokers do not answer');
        return;
      }
    }
  }

  return {
    ...kafkaLog,
    publisher() {
      const publisher = createPublisher({
        ...client,
        admin,
        ...(options.maxBatchBytes === undefined ? {} : { maxBatchBytes: options.maxBatchBytes }),
      });
      publishers.add(publisher);
      return publisher;
    },
    async subscribe(subscribe) {
      await refuseUnknown(subscribe.topics);
      const subscription = await superviseSubscription({
        ...client,
        subscribe,
        concurrency: options.concurrency,
        maxWaitMs: options.maxWaitMs,
        drainMs,
        stallMs,
        lag: () => groupLag(subscribe),
      });
      subscriptions.add(subscription);
      return subscription;
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await Promise.all([...publishers].map((publisher) => publisher.close()));
      await admin.close();
    },
  };
}
