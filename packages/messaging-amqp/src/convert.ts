import type { ConsumeMessage } from 'amqplib';
import type { Message, OutgoingMessage } from '@tradewind/messaging/message.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';
import type { Parcel } from './send.ts';

/**
 * Into how many queues a group divides a topic. Publishers and groups must agree on it: a key belongs to one slice for
 * good, and a slice to one consumer of the group at a time.
 */
export const SLICES = 8;
/** The message's key, among its headers. Names with this prefix are ours. */
const KEY = 'tw-key';

export function toParcel(topic: string, { key, value, headers }: OutgoingMessage): Parcel {
  return {
    exchange: topic,
    routingKey: String(partitionFor(key, SLICES)),
    content: value,
    options: { headers: { ...headers, [KEY]: key }, timestamp: Math.floor(Date.now() / 1000) },
  };
}

/** A queue has no offsets: each is -1. The time is the publisher's, in whole seconds, as AMQP has it. */
export function toMessage(topic: string, slice: number, { content, properties }: ConsumeMessage): Message {
  const { [KEY]: key = '', ...headers } = (properties.headers ?? {}) as Record<string, unknown>;
  const named = Object.entries(headers).filter(([name]) => !name.startsWith('x-'));
  return {
    topic,
    partition: slice,
    offset: -1n,
    timestamp: Number(properties.timestamp ?? 0) * 1000,
    key: String(key),
    value: content,
    headers: Object.fromEntries(named.map(([name, value]) => [name, String(value)])),
  };
}
