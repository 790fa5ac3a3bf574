import type { Publisher } from '@tradewind/messaging/broker.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';
import { type AdminConnection, type ClientOptions } from './client.ts';
import { brokerError, isTooLarge } from './errors.ts';
import { createLane, type Item, type Lane, sizeOf } from './lane.ts';
import { createSender } from './producer.ts';

export interface PublisherOptions extends ClientOptions {
  readonly admin: AdminConnection;
  /** Target size of a send in bytes; default 900,000, below the broker's default limit of 1 MiB. */
  readonly maxBatchBytes?: number;
}

/** kafkajs copies its list for each message of a send (n²): more per send costs more than it saves. */
const MAX_BATCH_MESSAGES = 1_000;
const METADATA_MAX_AGE_MS = 300_000;
/** Above the brokers' default `socket.request.max.bytes` they hang up without saying why. */
const LARGEST_REQUEST = 90 * 1024 * 1024;

/** Publishes by rule 6: acks of all replicas, one send in flight per partition, our own partitioner. */
export function createPublisher(options: PublisherOptions): Publisher {
  const { admin, maxBatchBytes = 900_000 } = options;
  const sender = createSender(options);
  const lanes = new Map<string, Lane>();
  const metadata = new Map<string, { readonly count: Promise<number>; readonly readAt: number }>();
  const inFlight = new Set<Promise<unknown>>();

  async function readPartitions(topic: string): Promise<number> {
    const { topics } = await admin.use((client) => client.fetchTopicMetadata({ topics: [topic] }));
    return topics[0]!.partitions.length;
  }

  async function partitionsOf(topic: string): Promise<number> {
    let known = metadata.get(topic);
    if (!known || Date.now() - known.readAt > METADATA_MAX_AGE_MS) {
      known = { count: readPartitions(topic), readAt: Date.now() };
      metadata.set(topic, known);
    }
    try {
      return await known.count;
    } catch (cause) {
      metadata.delete(topic);
      const { code, message, retryable } = brokerError(cause, { topic });
      throw new PublishError(message, { retryable, code, cause });
    }
  }

  function laneOf(topic: string, partition: number): Lane {
    const name = `${topic}|${partition}`;
    const lane =
      lanes.get(name) ??
      createLane({
        send: (messages) => sender.send(topic, partition, messages),
        isTooLarge,
        maxBytes: maxBatchBytes,
        maxMessages: MAX_BATCH_MESSAGES,
      });
    lanes.set(name, lane);
    return lane;
  }

  async function publish(...[topic, messages]: Parameters<Publisher['publish']>): Promise<void> {
    if (messages.length === 0) return;
    const poison = messages.flatMap((message, position) =>
      sizeOf(message) > LARGEST_REQUEST ? [position] : [],
    );
    if (poison.length > 0) {
      const code = 'MESSAGE_TOO_LARGE';
      throw new PublishError('larger than any broker takes', { retryable: false, code, poison });
    }
    const partitions = await partitionsOf(topic);
    const items = messages.map((message, position): Item => ({ message, position }));
    const byPartition = Map.groupBy(items, ({ message }) => partitionFor(message.key, partitions));
    const results = await Promise.allSettled(
      [...byPartition].map(([partition, part]) => laneOf(topic, partition).submit(part)),
    );
    const failures = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as PublishError] : [],
    );
    if (failures.length === 0) return;
    // A leader may have moved, a topic been made anew: look again.
    metadata.delete(topic);
    const refused = failures.flatMap((failure) => failure.poison ?? []);
    if (refused.length === 0) throw failures[0]!;
    const [first] = failures.filter((failure) => failure.poison !== undefined);
    throw new PublishError(first!.message, {
      retryable: false,
      code: first!.code,
      poison: refused.toSorted((a, b) => a - b),
      cause: first,
    });
  }

  return {
    async publish(topic, messages) {
      const work = publish(topic, messages);
      inFlight.add(work);
      try {
        await work;
      } finally {
        inFlight.delete(work);
      }
    },
    async close() {
      await Promise.allSettled(inFlight);
      await sender.close();
    },
  };
}
