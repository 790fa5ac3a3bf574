import { PublishError } from '@tradewind/messaging/publish-error.ts';
import type { AmqpConnection } from './connection.ts';
import { SLICES } from './convert.ts';
import { unavailable } from './send.ts';

/** A topic is a durable direct exchange; its routing keys are the slices. */
export interface Topics {
  /** Creates the topic unless it exists. */
  ensure(topic: string): Promise<void>;
  /** Rejects with TOPIC_UNKNOWN; asks once. */
  require(topic: string): Promise<void>;
  forget(topic: string): void;
}

const NOT_FOUND = 404;

export function createTopics(connection: AmqpConnection): Topics {
  const known = new Map<string, Promise<void>>();

  async function check(topic: string): Promise<void> {
    try {
      await connection.ask((channel) => channel.checkExchange(topic));
    } catch (cause) {
      known.delete(topic);
      if ((cause as { code?: unknown }).code !== NOT_FOUND) throw unavailable(cause);
      const message = `topic "${topic}" does not exist`;
      throw new PublishError(message, { retryable: false, code: 'TOPIC_UNKNOWN', cause });
    }
  }

  return {
    async ensure(topic) {
      await connection.ask((channel) => channel.assertExchange(topic, 'direct', { durable: true }));
    },
    require(topic) {
      const checked = known.get(topic) ?? check(topic);
      known.set(topic, checked);
      return checked;
    },
    forget: (topic) => void known.delete(topic),
  };
}

export interface SliceOf {
  readonly topic: string;
  readonly group: string;
  readonly slice: number;
  /** A group that nobody has opened for so long is forgotten, with what waited for it. */
  readonly keptMs: number;
}

/** A group's queue for one slice of a topic. */
export const queueName = ({ topic, group, slice }: Omit<SliceOf, 'keptMs'>): string =>
  `${topic}|${group}|${slice}`;

export const slices = (): number[] => Array.from({ length: SLICES }, (_, slice) => slice);
