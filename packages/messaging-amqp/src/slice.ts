import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import type { SubscribeOptions } from '@tradewind/messaging/broker.ts';
import { createConveyor } from '@tradewind/messaging/conveyor.ts';
import type { AmqpConnection, LastingChannel } from './connection.ts';
import { toMessage } from './convert.ts';
import { queueName, type SliceOf } from './topics.ts';

/**
 * How many unacknowledged messages a consumer holds; the same for all. RabbitMQ puts what a lost consumer held before the
 * rest of the queue, and the next one takes all of it at once: were its window smaller, order would suffer when it is lost
 * too.
 */
const WINDOW = 1_000;
const DEFAULT_BATCH = 1_000;

export interface Slice {
  /** True once it was given messages: of all consumers of its queue, it is the one. */
  readonly active: boolean;
  readonly opened: LastingChannel['opened'];
  /** Finishes the batch in hand, then stands at the end of the line for its queue. */
  yieldTurn(): Promise<void>;
  /** Resolves when the batch in hand is handled and acknowledged; takes no other. */
  finish(): Promise<void>;
  /** Aborts what is in hand; its messages are delivered again, perhaps to somebody else. */
  close(): Promise<void>;
}

export function openSlice(connection: AmqpConnection, of: SliceOf, subscribe: SubscribeOptions): Slice {
  const queue = queueName(of);
  let active = false;
  let lost = new AbortController();
  const conveyor = createConveyor<ConsumeMessage>({
    maxBatch: subscribe.maxBatch ?? DEFAULT_BATCH,
    handle: (batch, signal) =>
      subscribe.onBatch(
        batch.map((one) => toMessage(of.topic, of.slice, one)),
        signal,
      ),
  });

  const lasting = connection.channel(async (channel) => {
    const mine = new AbortController();
    lost = mine;
    active = false;
    channel.once('close', () => mine.abort());
    await declareSlice(channel, of);
    await channel.prefetch(WINDOW);
    const push = conveyor.connect({ done: (batch) => channel.ack(batch.at(-1)!, true), lost: mine.signal });
    await channel.consume(queue, (message) => {
      // The queue was deleted.
      if (message === null) return lasting.reopen();
      active = true;
      push(message);
    });
  });

  return {
    get active() {
      return active;
    },
    opened: (ms) => lasting.opened(ms),
    async yieldTurn() {
      await conveyor.finish();
      lasting.reopen();
    },
    finish: () => conveyor.leave(),
    async close() {
      void conveyor.leave();
      lost.abort();
      await lasting.close();
    },
  };
}

/** Another server version may not do without a limit; what is never reached is none. */
const NO_LIMIT = 1_000_000_000;

export async function declareSlice(channel: ConfirmChannel, of: SliceOf): Promise<void> {
  const queue = queueName(of);
  await channel.assertQueue(queue, {
    durable: true,
    expires: of.keptMs,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      'x-delivery-limit': NO_LIMIT,
    },
  });
  await channel.bindQueue(queue, of.topic, String(of.slice));
}
