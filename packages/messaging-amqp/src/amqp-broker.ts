import type { Broker, Publisher, Subscription } from '@tradewind/messaging/broker.ts';
import { PublishError } from '@tradewind/messaging/publish-error.ts';
import { type AmqpOptions, openConnection } from './connection.ts';
import { createPublisher } from './publisher.ts';
import { declareSlice } from './slice.ts';
import { openSubscription } from './subscription.ts';
import { createTopics, slices, type Topics } from './topics.ts';

export interface AmqpBrokerOptions extends AmqpOptions {
  /** Grace in ms that `stop` and `close` give to batches in flight; default 10,000. */
  readonly drainMs?: number;
  /** How long a group without consumers is remembered, in ms; default 7 days. The same for all who use the group. */
  readonly groupKeptMs?: number;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * RabbitMQ behind the port of `@tradewind/messaging`. A topic is an exchange and a group is one queue per slice of its keys,
 * so a group gets what is published from its first subscription on: there is no history (`fromBeginning` changes nothing).
 * What groups have not handled survives everything that a queue survives.
 */
export function createAmqpBroker(options: AmqpBrokerOptions): AmqpBroker {
  const { drainMs = 10_000, groupKeptMs: keptMs = WEEK_MS } = options;
  const open = once(() => openConnection(options));
  const publishers = new Set<Publisher>();
  const subscriptions = new Set<Subscription>();
  const topics = once(async () => createTopics(await open.get()));

  return {
    publisher() {
      const publisher = lazily(async () => createPublisher(await open.get(), await topics.get()));
      publishers.add(publisher);
      return publisher;
    },
    async subscribe(subscribe) {
      const connection = await open.get();
      for (const topic of subscribe.topics) await refuseUnknown(await topics.get(), topic);
      const subscription = await openSubscription(connection, subscribe, { drainMs, keptMs });
      subscriptions.add(subscription);
      return subscription;
    },
    async ensureTopic(topic) {
      await (await topics.get()).ensure(topic);
    },
    async ensureGroup(topic, group) {
      const connection = await open.get();
      await connection.ask(async (channel) => {
        for (const slice of slices()) await declareSlice(channel, { topic, group, slice, keptMs });
      });
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await Promise.all([...publishers].map((publisher) => publisher.close()));
      await (await open.made)?.close();
    },
  };
}

export interface AmqpBroker extends Broker {
  /** Creates the topic unless it exists. */
  ensureTopic(topic: string): Promise<void>;
  /** Makes a group known before its first consumer: what is published from now on waits for it. */
  ensureGroup(topic: string, group: string): Promise<void>;
}

/** Only what RabbitMQ says for certain counts: while it is away, the subscription waits for it. */
async function refuseUnknown(topics: Topics, topic: string): Promise<void> {
  try {
    await topics.require(topic);
  } catch (error) {
    if (!(error instanceof PublishError) || !error.retryable) throw error;
  }
}

/** Made by the first who asks. */
function once<T>(make: () => Promise<T>): { get(): Promise<T>; readonly made: Promise<T> | undefined } {
  let made: Promise<T> | undefined;
  return {
    get: () => (made ??= make()),
    get made() {
      return made;
    },
  };
}

/** A publisher that connects at its first use. */
function lazily(make: () => Promise<Publisher>): Publisher {
  const real = once(make);
  return {
    publish: async (topic, messages) => (await real.get()).publish(topic, messages),
    close: async () => (await real.made)?.close(),
  };
}
