import { deadLetterTopic } from '@tradewind/contracts/topics.ts';
import { decodeReading, READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { isDomainError } from '@tradewind/kernel/errors.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import { errorOf } from '@tradewind/messaging/dead-letter.ts';
import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { parkEvent } from '@tradewind/outbox/parked.ts';
import { isDataError } from '@tradewind/postgres/errors.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { DeviceMetrics } from './metrics.ts';
import { takeReadings, type TakeReadingsDeps } from './take.ts';
import type { Arrived } from './taken.ts';

/** Consumer group, and the name of its dead letters. */
export const READINGS_CONSUMER = 'inventory.device-readings';

export interface ConsumerOptions extends TakeReadingsDeps {
  readonly broker: Broker & BrokerLog;
  readonly metrics: DeviceMetrics;
  readonly log: Logger;
  onCrash(error: unknown): void;
}

export interface ReadingsConsumer {
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
}

/** Feeds readings from the topic to the stock. Partitions share transactions; an offset is committed after its effects. */
export function readingsConsumer(options: ConsumerOptions): ReadingsConsumer {
  const { broker, metrics, log } = options;
  let subscription: Subscription | undefined;
  const commit = groupCommit<readonly Arrived[], void>({
    groupOf: () => 'all',
    maxBatch: 12,
    async run(_, batches) {
      metrics.taken(await takeReadings(options, batches.flat()));
      return batches.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  /** Alone with what no repetition mends, a reading is a dead letter: others never wait for it. */
  async function take(messages: readonly Readable[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      await commit(messages.map(({ arrived }) => arrived));
    } catch (error) {
      const [first] = messages;
      if (!isHopeless(error) || !first) throw error;
      if (messages.length === 1) return giveUp(first.message, error);
      const middle = messages.length >> 1;
      await take(messages.slice(0, middle));
      await take(messages.slice(middle));
    }
  }

  async function giveUp(message: Message, error: unknown): Promise<void> {
    const failure = { ...errorOf(error), attempts: 1, retryIn: undefined };
    log.error({ key: message.key, offset: String(message.offset), ...failure }, 'reading parked');
    await options.db.transaction('', (tx) => parkEvent(tx, READINGS_CONSUMER, message, failure));
    options.wakeRelay();
  }

  return {
    async start() {
      await broker.ensureTopic(deadLetterTopic(READINGS_CONSUMER));
      subscription = await broker.subscribe({
        group: READINGS_CONSUMER,
        topics: [READINGS_TOPIC],
        async onBatch(batch) {
          failpoint('readings.received');
          const readable: Readable[] = [];
          for (const message of batch) {
            const read = readMessage(message);
            if ('arrived' in read) readable.push(read);
            else await giveUp(message, read.error);
          }
          await take(readable);
        },
        onCrash: options.onCrash,
      });
    },
    async stop() {
      await subscription?.stop();
    },
    get subscription() {
      return subscription;
    },
  };
}

/** The database refuses the values, or an event cannot say them. */
const isHopeless = (error: unknown): boolean =>
  isDataError(error) || (isDomainError(error) && !error.retryable);

interface Readable {
  readonly message: Message;
  readonly arrived: Arrived;
}

/** What a message says, or why it says nothing. */
export function readMessage(message: Message): Readable | { readonly error: unknown } {
  const { headers, topic, partition, offset } = message;
  try {
    const arrived: Arrived = {
      reading: decodeReading(message.value),
      fallbackId: headers['readingId'] ?? `${topic}:${partition}:${offset}`,
      context: {
        ...{ correlationId: headers['correlationId'] ?? newId(), causationId: null },
        ...(headers['traceparent'] === undefined ? {} : { traceparent: headers['traceparent'] }),
      },
    };
    return { message, arrived };
  } catch (error) {
    return { error };
  }
}
