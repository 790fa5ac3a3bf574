import type { Publisher } from '@tradewind/messaging/broker.ts';
import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';
import type { AmqpConnection } from './connection.ts';
import { toParcel } from './convert.ts';
import { sendAll, unavailable } from './send.ts';
import type { Topics } from './topics.ts';

/** Of one message; the server's own limit is higher, and it closes the channel instead of naming the message. */
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_NAME_BYTES = 255;
const PATIENCE_MS = 5_000;

const refused = ({ value, headers }: OutgoingMessage): boolean =>
  value.length > MAX_BYTES || Object.keys(headers).some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES);

/** One channel, on which everything is sent in the order of the calls. */
export function createPublisher(connection: AmqpConnection, topics: Topics): Publisher {
  const sending = connection.channel(() => Promise.resolve());
  const inFlight = new Set<Promise<void>>();

  async function publish(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const poison = messages.flatMap((message, position) => (refused(message) ? [position] : []));
    if (poison.length > 0) {
      const failure = { retryable: false, code: 'MESSAGE_TOO_LARGE', poison };
      throw new PublishError(`larger than ${MAX_BYTES} bytes`, failure);
    }
    const channel = await sending.opened(PATIENCE_MS);
    if (!channel) throw unavailable();
    await topics.require(topic);
    try {
      await sendAll(
        channel,
        messages.map((message) => toParcel(topic, message)),
      );
    } catch (error) {
      // Perhaps the topic was deleted: that closes the channel too.
      topics.forget(topic);
      throw error;
    }
  }

  return {
    async publish(topic, messages) {
      if (messages.length === 0) return;
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
      await sending.close();
    },
  };
}
