import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { pause, pauseMs } from '@tradewind/messaging/backoff.ts';
import type { SubscribeOptions } from '@tradewind/messaging/broker.ts';
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
const AGAIN = { initialMs: 50, maxMs: 5_000 };

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
  const maxBatch = subscribe.maxBatch ?? DEFAULT_BATCH;
  let active = false;
  let leaving = false;
  let stopping = false;
  let work = Promise.resolve();
  let abort = new AbortController();

  /** Delivers what this channel brings, until it is lost. */
  function consumer(channel: ConfirmChannel, signal: AbortSignal) {
    const waiting: ConsumeMessage[] = [];
    let busy = false;

    async function handle(batch: readonly ConsumeMessage[]): Promise<void> {
      const messages = batch.map((one) => toMessage(of.topic, of.slice, one));
      for (let attempt = 1; !signal.aborted; attempt++) {
        try {
          await subscribe.onBatch(messages, signal);
          if (!signal.aborted) channel.ack(batch.at(-1)!, true);
          return;
        } catch {
          if (stopping) return;
          await pause(pauseMs(attempt, AGAIN), signal);
          if (stopping) return;
        }
      }
    }

    async function pump(): Promise<void> {
      // What arrived with the first one belongs to its batch.
      await new Promise<void>((next) => void setImmediate(next));
      while (waiting.length > 0 && !stopping && !signal.aborted) await handle(waiting.splice(0, maxBatch));
      busy = false;
    }

    return (message: ConsumeMessage): void => {
      active = true;
      waiting.push(message);
      if (busy || stopping) return;
      busy = true;
      // Not before the handler that a lost channel left behind has ended.
      work = work.then(pump);
    };
  }

  const lasting = connection.channel(async (channel) => {
    const lost = new AbortController();
    abort = lost;
    active = false;
    stopping = leaving;
    channel.once('close', () => lost.abort());
    await declareSlice(channel, of);
    await channel.prefetch(WINDOW);
    const take = consumer(channel, lost.signal);
    await channel.consume(queue, (message) => (message === null ? lasting.reopen() : take(message)));
  });

  async function finish(): Promise<void> {
    stopping = true;
    await work;
  }

  return {
    get active() {
      return active;
    },
    opened: (ms) => lasting.opened(ms),
    async yieldTurn() {
      await finish();
      lasting.reopen();
    },
    finish() {
      leaving = true;
      return finish();
    },
    async close() {
      leaving = true;
      stopping = true;
      abort.abort();
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
