import type { Broker, Publisher, Subscription } from '@tradewind/messaging/broker.ts';
import type { MqttOptions } from './connect.ts';
import { SLICE_NUMBERS } from './convert.ts';
import { createPublisher } from './publisher.ts';
import { makeSession } from './slice.ts';
import { openSubscription } from './subscription.ts';

export interface MqttBrokerOptions extends MqttOptions {
  /** Grace in ms that `stop` and `close` give to batches in flight; default 10,000. */
  readonly drainMs?: number;
  /** How long the broker keeps what waits for a group without consumers, in seconds; default 7 days. */
  readonly groupKeptSeconds?: number;
}

export interface MqttBroker extends Broker {
  /** Makes a group known before its first consumer: what is published from now on waits for it. */
  ensureGroup(topic: string, group: string): Promise<void>;
}

const WEEK_S = 7 * 24 * 60 * 60;

/**
 * An MQTT 5 broker behind the port of `@tradewind/messaging`. It knows no topics before they are used, and no history: a
 * group gets what is published from its first subscription on (`fromBeginning` changes nothing). What waits is as durable
 * as the broker's persistence.
 */
export function createMqttBroker(options: MqttBrokerOptions): MqttBroker {
  const { drainMs = 10_000, groupKeptSeconds: keptSeconds = WEEK_S } = options;
  const publishers = new Set<Publisher>();
  const subscriptions = new Set<Subscription>();
  return {
    publisher() {
      const publisher = createPublisher(options);
      publishers.add(publisher);
      return publisher;
    },
    async subscribe(subscribe) {
      const subscription = await openSubscription(options, subscribe, { drainMs, keptSeconds });
      subscriptions.add(subscription);
      return subscription;
    },
    async ensureGroup(topic, group) {
      const sessions = SLICE_NUMBERS.map((slice) => ({ topic, group, slice, keptSeconds }));
      await Promise.all(sessions.map((one) => makeSession(options, one)));
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
      await Promise.all([...publishers].map((publisher) => publisher.close()));
    },
  };
}
