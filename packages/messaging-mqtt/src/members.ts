import { randomUUID } from 'node:crypto';
import { connected, type MqttOptions, openClient } from './connect.ts';
import { memberTopic } from './convert.ts';

/** Who consumes for a group, as its members tell each other by retained messages. */
export interface Members {
  readonly self: string;
  /** In an order that all agree on; always with `self`. */
  list(): string[];
  /** Epoch ms of the last time that the broker answered; 0 before the first. */
  readonly lastAnswerAt: number;
  leave(): Promise<void>;
}

const BEAT_MS = 1_000;
/** Silent for so long, a member is gone: one whose connection breaks is announced at once by its will. */
const SILENCE_MS = 4_000;
const PATIENCE_MS = 5_000;

export async function joinMembers(login: MqttOptions, topic: string, group: string): Promise<Members> {
  const self = randomUUID();
  const own = memberTopic(topic, group, self);
  const heard = new Map<string, number>();
  let lastAnswerAt = 0;
  const farewell = { topic: own, payload: Buffer.alloc(0), qos: 1, retain: true } as const;
  const client = openClient(login, { clean: true, will: farewell });

  async function beat(): Promise<void> {
    if (!client.connected) return;
    await client.publishAsync(own, 'here', { qos: 1, retain: true });
    lastAnswerAt = Date.now();
  }
  client.on('connect', () => {
    client.subscribe(memberTopic(topic, group, '+'), { qos: 1 });
    // Lost with its connection, which is opened again.
    beat().catch(() => undefined);
  });
  client.on('message', (name, payload) => {
    const member = name.split('/').at(-1)!;
    if (payload.length === 0) heard.delete(member);
    else heard.set(member, Date.now());
  });
  const beats = setInterval(() => void beat().catch(() => undefined), BEAT_MS);
  beats.unref();
  await connected(client, PATIENCE_MS);
  return {
    self,
    list() {
      const alive = [...heard].filter(([, at]) => Date.now() - at < SILENCE_MS).map(([member]) => member);
      return [...new Set([...alive, self])].toSorted();
    },
    get lastAnswerAt() {
      return lastAnswerAt;
    },
    async leave() {
      clearInterval(beats);
      if (client.connected) {
        const { topic: name, payload, ...options } = farewell;
        await client.publishAsync(name, payload, options).catch(() => undefined);
      }
      await client.endAsync();
    },
  };
}
