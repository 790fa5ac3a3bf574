import type { ConfirmChannel, Message, Options } from 'amqplib';
import { PublishError } from '@tradewind/messaging/publish-error.ts';

export interface Parcel {
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly options: Options.Publish;
}

export const unavailable = (cause?: unknown): PublishError =>
  new PublishError('RabbitMQ is away', { retryable: true, code: 'BROKER_UNAVAILABLE', cause });

/** By channel: which of its mandatory messages came back. A return is heard before the confirm of its message. */
const returned = new WeakMap<ConfirmChannel, Set<string>>();
let count = 0;

function returnsOf(channel: ConfirmChannel): Set<string> {
  const known = returned.get(channel);
  if (known) return known;
  const ids = new Set<string>();
  returned.set(channel, ids);
  channel.on('return', ({ properties }: Message) => ids.add(properties.messageId as string));
  return ids;
}

/**
 * Sends in this order, and resolves when the server has stored them all (publisher confirms of persistent messages).
 * Rejects with a PublishError that is worth another try; some may be stored then.
 */
export async function sendAll(
  channel: ConfirmChannel | undefined,
  parcels: readonly Parcel[],
): Promise<void> {
  if (!channel) throw unavailable();
  const returns = returnsOf(channel);
  const sent = parcels.map(
    ({ exchange, routingKey, content, options }) =>
      new Promise<void>((resolve, reject) => {
        const messageId = String(++count);
        channel.publish(
          exchange,
          routingKey,
          content,
          { ...options, persistent: true, messageId },
          (error) => {
            if (error) reject(error as Error);
            else if (returns.delete(messageId)) reject(new Error(`no queue for ${routingKey}`));
            else resolve();
          },
        );
      }),
  );
  const results = await Promise.allSettled(sent);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw unavailable(failed.reason);
}
