import { pause } from '@tradewind/messaging/backoff.ts';
import type { SubscribeOptions, Subscription, SubscriptionState } from '@tradewind/messaging/broker.ts';
import type { AmqpConnection } from './connection.ts';
import { SLICES } from './convert.ts';
import { openSlice, type Slice } from './slice.ts';
import { slices, type SliceOf } from './topics.ts';

const CHECK_MS = 500;
const PATIENCE_MS = 5_000;

/**
 * One consumer per queue of the group; RabbitMQ lets one of the group's consumers have it at a time, and the others stand
 * in line. Who has more than a fair share of the queues goes to the end of some lines, until nobody has.
 */
export async function openSubscription(
  connection: AmqpConnection,
  subscribe: SubscribeOptions,
  { drainMs, keptMs }: { readonly drainMs: number; readonly keptMs: number },
): Promise<Subscription> {
  const { group } = subscribe;
  const perTopic = subscribe.topics.map((topic) =>
    openTopic(connection, { topic, group, keptMs }, subscribe),
  );
  let state: SubscriptionState = 'starting';
  let lastFetchAt = 0;
  let stopping: Promise<void> | undefined;

  async function check(): Promise<void> {
    if (state === 'stopped' || !connection.connected) return;
    try {
      await Promise.all(perTopic.map((one) => one.share()));
      lastFetchAt = Date.now();
      if (state === 'starting') state = 'running';
    } catch {
      // The server went away meanwhile: channels are opened again by themselves, and this is asked again.
    }
  }

  async function stop(): Promise<void> {
    clearInterval(checks);
    const all = perTopic.flatMap((one) => one.slices);
    const grace = new AbortController();
    await Promise.race([Promise.all(all.map((slice) => slice.finish())), pause(drainMs, grace.signal)]);
    grace.abort();
    await Promise.all(perTopic.map((one) => one.close()));
    state = 'stopped';
  }

  const checks = setInterval(() => void check(), CHECK_MS);
  checks.unref();
  const opening = perTopic.flatMap((one) => one.slices.map((slice) => slice.opened(PATIENCE_MS)));
  await Promise.all(opening);
  await check();
  return {
    get lastFetchAt() {
      return lastFetchAt;
    },
    get state() {
      return state;
    },
    stop: () => (stopping ??= stop()),
  };
}

interface TopicOfGroup {
  readonly slices: readonly Slice[];
  share(): Promise<void>;
  close(): Promise<void>;
}

function openTopic(
  connection: AmqpConnection,
  of: Omit<SliceOf, 'slice'>,
  subscribe: SubscribeOptions,
): TopicOfGroup {
  const own = slices().map((slice) => openSlice(connection, { ...of, slice }, subscribe));
  // Nothing is ever published to it: its consumers are the members of the group, as RabbitMQ counts them.
  const members = `${of.topic}|${of.group}|members`;
  const membership = connection.channel(async (channel) => {
    await channel.assertQueue(members, { durable: false, autoDelete: true });
    await channel.consume(members, () => undefined);
  });
  return {
    slices: own,
    async share() {
      const { consumerCount = 1 } = (await membership.current?.checkQueue(members)) ?? {};
      const fair = Math.ceil(SLICES / Math.max(1, consumerCount));
      const held = own.filter((slice) => slice.active);
      await Promise.all(held.slice(fair).map((slice) => slice.yieldTurn()));
    },
    async close() {
      await Promise.all([...own.map((slice) => slice.close()), membership.close()]);
    },
  };
}
