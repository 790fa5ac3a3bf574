import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Message } from '@tradewind/messaging/message.ts';

const EMPTY = Buffer.alloc(0);

function text(value: IHeaders[string]): string {
  return Array.isArray(value) ? text(value.at(-1)) : (value?.toString() ?? '');
}

/** A repeated header keeps its last value; a null value (a tombstone) becomes an empty buffer. */
export function toMessage(topic: string, partition: number, record: KafkaMessage): Message {
  const headers: Record<string, string> = {};
  for (const name in record.headers) headers[name] = text(record.headers[name]);
  return {
    topic,
    partition,
    offset: BigInt(record.offset),
    timestamp: Number(record.timestamp),
    key: record.key?.toString() ?? '',
    value: record.value ?? EMPTY,
    headers,
  };
}
