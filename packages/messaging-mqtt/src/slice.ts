import type { MqttClient } from 'mqtt';
import type { SubscribeOptions } from '@tradewind/messaging/broker.ts';
import { createConveyor } from '@tradewind/messaging/conveyor.ts';
import { connected, type MqttOptions, openClient } from './connect.ts';
import { sessionOf, sliceTopic, toMessage } from './convert.ts';
import { acknowledgeLater, type HeldMessage } from './manual-ack.ts';

const DEFAULT_BATCH = 1_000;
const WINDOW = 1_000;
const PATIENCE_MS = 5_000;
const SESSION_TAKEN_OVER = 142;

export interface SliceOf {
  readonly topic: string;
  readonly group: string;
  readonly slice: number;
  /** How long the broker keeps a session that nobody opens, in seconds. */
  readonly keptSeconds: number;
}

export interface Slice {
  /** False when another consumer has opened the session. */
  readonly ours: boolean;
  /** True since its session was first there, with its subscription. */
  readonly opened: boolean;
  /** Resolves when the batch in hand is handled and acknowledged; takes no other. */
  leave(): Promise<void>;
  /** Aborts what is in hand; the session keeps it for the next who opens it. */
  close(): Promise<void>;
}

const open = (login: MqttOptions, { topic, group, slice, keptSeconds }: SliceOf): MqttClient =>
  openClient(login, {
    clientId: sessionOf(topic, group, slice),
    clean: false,
    properties: { sessionExpiryInterval: keptSeconds, receiveMaximum: WINDOW },
  });

/**
 * A group's messages of one slice wait in a session of the broker, named after the two: it keeps their order, and only one
 * connection can have it, so it is the group's only consumer of these keys.
 */
export function openSlice(login: MqttOptions, of: SliceOf, subscribe: SubscribeOptions): Slice {
  const client = open(login, of);
  const conveyor = createConveyor<HeldMessage>({
    maxBatch: subscribe.maxBatch ?? DEFAULT_BATCH,
    handle: (batch, signal) =>
      subscribe.onBatch(
        batch.map(({ packet }) => toMessage(of.topic, of.slice, packet)),
        signal,
      ),
  });
  let ours = true;
  let opened = false;
  let lost = new AbortController();
  let push: (message: HeldMessage) => void = () => undefined;
  acknowledgeLater(client, (message) => push(message));

  // What the session holds follows its answer at once, before "connect" is told.
  client.on('packetreceive', ({ cmd }) => {
    if (cmd !== 'connack') return;
    const mine = new AbortController();
    lost = mine;
    push = conveyor.connect({
      done: (batch) => batch.forEach((message) => message.acknowledge()),
      lost: mine.signal,
    });
  });
  client.on('connect', () => {
    client.subscribe(sliceTopic(of.topic, of.slice), { qos: 1 }, (error) => {
      if (!error) opened = true;
    });
  });
  client.on('close', () => lost.abort());
  client.on('disconnect', ({ reasonCode }) => {
    if (reasonCode !== SESSION_TAKEN_OVER) return;
    ours = false;
    client.end(true);
  });

  return {
    get ours() {
      return ours;
    },
    get opened() {
      return opened;
    },
    leave: () => conveyor.leave(),
    async close() {
      void conveyor.leave();
      lost.abort();
      await client.endAsync();
    },
  };
}

/** Makes the session, and leaves it to whoever comes. */
export async function makeSession(login: MqttOptions, of: SliceOf): Promise<void> {
  const client = open(login, of);
  // What waits there is not ours to take.
  acknowledgeLater(client, () => undefined);
  if (await connected(client, PATIENCE_MS)) {
    await client.subscribeAsync(sliceTopic(of.topic, of.slice), { qos: 1 });
  }
  await client.endAsync();
}
