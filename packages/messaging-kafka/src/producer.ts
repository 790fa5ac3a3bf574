import type { Producer } from 'kafkajs';
import type { OutgoingMessage } from '@tradewind/messaging/message.ts';
import { type ClientOptions, createClient } from './client.ts';

interface Connection {
  readonly producer: Producer;
  readonly connected: Promise<void>;
  inFlight: number;
  discarded: boolean;
}

export interface Sender {
  /** Stores messages in one partition; resolves when all in-sync replicas have them. */
  send(topic: string, partition: number, messages: readonly OutgoingMessage[]): Promise<void>;
  close(): Promise<void>;
}

const BROKER_TIMEOUT_MS = 8_000;

/**
 * Sends to one partition at a time and never twice by itself. kafkajs 2.2.4 can report a send that spans two leaders as
 * done though a message was never stored, and its state after an error is not to be trusted: so one partition per
 * send, no retries inside, and after any error the producer is thrown away (once its other sends have ended).
 */
export function createSender(options: ClientOptions): Sender {
  let current: Connection | undefined;

  function open(): Connection {
    const producer = createClient(options).producer({
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    });
    return { producer, connected: producer.connect(), inFlight: 0, discarded: false };
  }

  function disconnect({ producer }: Connection): void {
    producer
      .disconnect()
      .catch((error: unknown) => options.log.debug({ error: String(error) }, 'kafka producer discarded'));
  }

  return {
    async send(topic, partition, messages) {
      const connection = (current ??= open());
      connection.inFlight++;
      try {
        await connection.connected;
        const stored = await connection.producer.send({
          topic,
          acks: -1,
          timeout: BROKER_TIMEOUT_MS,
          messages: messages.map(({ key, value, headers }) => ({ key, value, headers, partition })),
        });
        const [receipt] = stored;
        if (stored.length !== 1 || receipt?.partition !== partition || receipt.errorCode !== 0) {
          throw new Error(`no receipt from partition ${partition} of ${topic}`);
        }
      } catch (error) {
        connection.discarded = true;
        if (current === connection) current = undefined;
        throw error;
      } finally {
        connection.inFlight--;
        if (connection.discarded && connection.inFlight === 0) disconnect(connection);
      }
    },
    async close() {
      const connection = current;
      current = undefined;
      if (!connection) return;
      await connection.connected.then(() => connection.producer.disconnect());
    },
  };
}
