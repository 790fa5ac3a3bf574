import type { IClientPublishOptions, IPublishPacket } from 'mqtt';
import type { Message, OutgoingMessage } from '@tradewind/messaging/message.ts';
import { partitionFor } from '@tradewind/messaging/partitioner.ts';

/** Into how many sessions a group divides a topic. Publishers and groups must agree on it. */
const SLICES = 8;
export const SLICE_NUMBERS: readonly number[] = Array.from({ length: SLICES }, (_, slice) => slice);
/** The message's key and time, among its user properties. */
const KEY = 'tw-key';
const TIME = 'tw-time';
const ROOT = 'messages';

/** One level of a topic: slashes, wildcards and what else a name may hold are escaped. */
const level = (name: string): string => encodeURIComponent(name);

export const sliceTopic = (topic: string, slice: number): string => `${ROOT}/${level(topic)}/${slice}`;
/** Where members of a group say that they live. */
export const memberTopic = (topic: string, group: string, member: string): string =>
  `${ROOT}/${level(topic)}/members/${level(group)}/${member}`;
/** The session that holds a group's messages of one slice. */
export const sessionOf = (topic: string, group: string, slice: number): string =>
  `${topic}|${group}|${slice}`;

export interface Parcel {
  readonly topic: string;
  readonly payload: Buffer;
  readonly options: IClientPublishOptions;
}

export function toParcel(topic: string, { key, value, headers }: OutgoingMessage): Parcel {
  const userProperties = { ...headers, [KEY]: key, [TIME]: String(Date.now()) };
  return {
    topic: sliceTopic(topic, partitionFor(key, SLICES)),
    payload: value,
    options: { qos: 1, properties: { userProperties } },
  };
}

const text = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value.at(-1) : value) ?? '';

/** A session has no offsets: each is -1. The time is the publisher's. */
export function toMessage(topic: string, slice: number, { payload, properties }: IPublishPacket): Message {
  const { [KEY]: key, [TIME]: time, ...headers } = { ...properties?.userProperties };
  return {
    topic,
    partition: slice,
    offset: -1n,
    timestamp: Number(text(time)),
    key: text(key),
    value: Buffer.from(payload),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)])),
  };
}
