import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { createConveyor } from '@tradewind/messaging/conveyor.ts';
import type { AmqpConnection } from './connection.ts';
import { sendAll } from './send.ts';

export interface DelayedQueueOptions {
  /** Prefix of its queues. */
  readonly name: string;
  /** Each has a queue in which ids rest that long before they are due. */
  readonly stepsMs: readonly number[];
}

export interface DelayedQueue {
  /** Resolves when RabbitMQ has stored them; rejects at once (PublishError, retryable) while it is away. */
  publishDue(ids: readonly string[]): Promise<void>;
  /** Due after `stepsMs[step]`. Promises as above. */
  publishAfter(step: number, ids: readonly string[]): Promise<void>;
  /**
   * Hands over what is due, in batches of at most `prefetch`, one after the other. Acknowledged when `onIds` resolves; what
   * it throws at comes again after a growing pause. May see an id more than once.
   */
  consume(
    onIds: (ids: string[]) => Promise<void>,
    options: { readonly prefetch: number },
  ): { stop(): Promise<void> };
  close(): Promise<void>;
}

/** Another server version may not do without a limit; what is never reached is none. */
const NO_LIMIT = 1_000_000_000;

/** A queue of ids in RabbitMQ, some of which are due later: quorum queues with a time to live that end in the due queue. */
export function openDelayedQueue(
  connection: AmqpConnection,
  { name, stepsMs }: DelayedQueueOptions,
): DelayedQueue {
  const due = `${name}.due`;
  // Named by its time: a queue can't be given another one.
  const after = (ms: number): string => `${name}.after-${ms}`;

  async function declare(channel: ConfirmChannel): Promise<void> {
    const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': NO_LIMIT };
    await channel.assertQueue(due, { durable: true, arguments: quorum });
    for (const ms of stepsMs) {
      await channel.assertQueue(after(ms), {
        durable: true,
        messageTtl: ms,
        deadLetterExchange: '',
        deadLetterRoutingKey: due,
        // An id leaves its step only when the due queue has it.
        arguments: { ...quorum, 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' },
      });
    }
  }

  const sending = connection.channel(async (channel) => {
    await declare(channel);
    // Somebody has deleted a queue: it is declared again with the next channel.
    channel.on('return', () => sending.reopen());
  });

  async function publish(queue: string, ids: readonly string[]): Promise<void> {
    const parcels = ids.map((id) => ({
      exchange: '',
      routingKey: queue,
      content: Buffer.from(id),
      options: { mandatory: true },
    }));
    if (parcels.length > 0) await sendAll(sending.current, parcels);
  }

  return {
    publishDue: (ids) => publish(due, ids),
    async publishAfter(step, ids) {
      const ms = stepsMs[step];
      if (ms === undefined) throw new RangeError(`${name} has no step ${step}`);
      await publish(after(ms), ids);
    },
    consume: (onIds, { prefetch }) => consume(connection, { queue: due, declare, onIds, prefetch }),
    close: () => sending.close(),
  };
}

interface Consumption {
  readonly queue: string;
  declare(channel: ConfirmChannel): Promise<void>;
  onIds(ids: string[]): Promise<void>;
  readonly prefetch: number;
}

function consume(connection: AmqpConnection, { queue, declare, onIds, prefetch }: Consumption) {
  const conveyor = createConveyor<ConsumeMessage>({
    maxBatch: prefetch,
    handle: (batch) => onIds(batch.map(({ content }) => content.toString())),
  });
  const lasting = connection.channel(async (channel) => {
    const lost = new AbortController();
    channel.once('close', () => lost.abort());
    await declare(channel);
    await channel.prefetch(prefetch);
    const push = conveyor.connect({ done: (batch) => channel.ack(batch.at(-1)!, true), lost: lost.signal });
    await channel.consume(queue, (message) => {
      // The queue was deleted.
      if (message === null) return lasting.reopen();
      push(message);
    });
  });

  return {
    async stop() {
      await conveyor.leave();
      await lasting.close();
    },
  };
}
