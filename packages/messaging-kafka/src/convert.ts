import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Message } from '@tradewind/messaging/message.ts';

const EMPTY = Buffer.alloc(0);

function text(value: IHeaders[string]): string {
  return Array.isArray(value) ? text(value.at(-1)) : storable(value?.toString() ?? '');
}

/** Keys and headers are kept with a message that fails, and Postgres keeps no zero character. None of ours has one. */
const storable = (value: string): string => (value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value);

/** A repeated header keeps its last value; a null value (a tombstone) becomes an empty buffer. */
export function toMessage(topic: string, partition: number, record: KafkaMessage): Message {
  const headers: Record<string, string> = {};
  for (const name in record.headers) headers[storable(name)] = text(record.headers[name]);
  return {
    topic,
    partition,
    offset: BigInt(record.offset),
    timestamp: Number(record.timestamp),
    key: storable(record.key?.toString() ?? ''),
    value: record.value ?? EMPTY,
    headers,
  };
}
