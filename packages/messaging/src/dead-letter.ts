import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message, OutgoingMessage } from './message.ts';

/** What went wrong: a DomainError fits, and anything thrown can be turned into one by `errorOf`. */
export interface FailureReason {
  readonly code: string;
  readonly message: string;
}

export interface DeadLetter {
  readonly consumer: string;
  readonly attempts: number;
  readonly error: FailureReason;
  /** ISO 8601. */
  readonly failedAt: string;
  /** The original, byte for byte, with its own headers; its timestamp is not kept (0). */
  readonly message: Message;
}

const header = {
  consumer: 'dlq.consumer',
  topic: 'dlq.topic',
  partition: 'dlq.partition',
  offset: 'dlq.offset',
  code: 'dlq.error-code',
  error: 'dlq.error',
  attempts: 'dlq.attempts',
  failedAt: 'dlq.failed-at',
} as const;

const LONGEST_ERROR = 2_000;

export const deadLetterTopic = (consumer: string): string => `dlq.${consumer}`;

/** Code and message of anything thrown. */
export function errorOf(error: unknown): FailureReason {
  if (error instanceof DomainError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}

/**
 * The record that keeps a failed message: topic `dlq.<consumer>`, the original key, bytes and headers, and `dlq.*`
 * headers that say where it came from and why it failed.
 */
export function deadLetter(
  message: Message,
  consumer: string,
  error: FailureReason,
  attempts: number,
  failedAt: Date = new Date(),
): { topic: string; message: OutgoingMessage } {
  return {
    topic: deadLetterTopic(consumer),
    message: {
      key: message.key,
      value: message.value,
      headers: {
        ...message.headers,
        [header.consumer]: consumer,
        [header.topic]: message.topic,
        [header.partition]: String(message.partition),
        [header.offset]: String(message.offset),
        [header.code]: error.code,
        [header.error]: error.message.slice(0, LONGEST_ERROR),
        [header.attempts]: String(attempts),
        [header.failedAt]: failedAt.toISOString(),
      },
    },
  };
}

/** The failed message back from its record. Throws DEAD_LETTER_MALFORMED for anything else. */
export function parseDeadLetter(record: OutgoingMessage): DeadLetter {
  const { headers } = record;
  const read = (name: string): string => {
    const value = headers[name];
    if (value === undefined)
      throw new DomainError('DEAD_LETTER_MALFORMED', 'invalid', `header ${name} is missing`);
    return value;
  };
  const own = new Set<string>(Object.values(header));
  return {
    consumer: read(header.consumer),
    attempts: Number(read(header.attempts)),
    error: { code: read(header.code), message: read(header.error) },
    failedAt: read(header.failedAt),
    message: {
      topic: read(header.topic),
      partition: Number(read(header.partition)),
      offset: BigInt(read(header.offset)),
      timestamp: 0,
      key: record.key,
      value: record.value,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name))),
    },
  };
}
