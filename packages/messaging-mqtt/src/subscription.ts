import { pause } from '@tradewind/messaging/backoff.ts';
import type { SubscribeOptions, Subscription, SubscriptionState } from '@tradewind/messaging/broker.ts';
import type { MqttOptions } from './connect.ts';
import { SLICE_NUMBERS } from './convert.ts';
import { joinMembers, type Members } from './members.ts';
import { openSlice, type Slice } from './slice.ts';

const CHECK_MS = 250;
/** A slice that became ours was somebody else's: who hands it over finishes a batch first. */
const SETTLE_MS = 300;
const PATIENCE_MS = 5_000;

export interface SubscriptionTimes {
  readonly drainMs: number;
  readonly keptSeconds: number;
}

/** The members of a group divide its sessions among themselves: slice n belongs to member n modulo their number. */
export async function openSubscription(
  login: MqttOptions,
  subscribe: SubscribeOptions,
  times: SubscriptionTimes,
): Promise<Subscription> {
  const perTopic = await Promise.all(
    subscribe.topics.map((topic) => openTopic(login, topic, subscribe, times)),
  );
  let state: SubscriptionState = 'starting';
  let stopping: Promise<void> | undefined;
  const checks = setInterval(() => perTopic.forEach((one) => one.share()), CHECK_MS);
  checks.unref();

  async function stop(): Promise<void> {
    clearInterval(checks);
    const grace = new AbortController();
    const finished = Promise.all(perTopic.map((one) => one.finish()));
    await Promise.race([finished, pause(times.drainMs, grace.signal)]);
    grace.abort();
    await Promise.all(perTopic.map((one) => one.close()));
    state = 'stopped';
  }

  const opening = new AbortController();
  const opened = Promise.all(perTopic.map((one) => one.opened)).then(() => (state = 'running'));
  await Promise.race([opened, pause(PATIENCE_MS, opening.signal)]);
  opening.abort();
  return {
    get lastFetchAt() {
      return Math.min(...perTopic.map((one) => one.members.lastAnswerAt));
    },
    get state() {
      return state;
    },
    stop: () => (stopping ??= stop()),
  };
}

interface TopicOfGroup {
  readonly members: Members;
  /** All slices that are ours at first. */
  readonly opened: Promise<void>;
  share(): void;
  finish(): Promise<unknown>;
  close(): Promise<unknown>;
}

async function openTopic(
  login: MqttOptions,
  topic: string,
  subscribe: SubscribeOptions,
  { keptSeconds }: SubscriptionTimes,
): Promise<TopicOfGroup> {
  const { group } = subscribe;
  const members = await joinMembers(login, topic, group);
  const own = new Map<number, Slice>();
  const ourSince = new Map<number, number>();
  const leaving = new Set<Promise<void>>();
  const first = Promise.withResolvers<void>();

  function open(slice: number): void {
    own.set(slice, openSlice(login, { topic, group, slice, keptSeconds }, subscribe));
  }

  function handOver(slice: number, given: Slice): void {
    own.delete(slice);
    const left = given
      .leave()
      .then(() => given.close())
      .finally(() => leaving.delete(left));
    leaving.add(left);
  }

  function share(): void {
    const list = members.list();
    const index = list.indexOf(members.self);
    const ours = SLICE_NUMBERS.filter((slice) => slice % list.length === index);
    for (const slice of SLICE_NUMBERS) {
      const held = own.get(slice);
      if (held && (!held.ours || !ours.includes(slice))) handOver(slice, held);
      if (!ours.includes(slice)) ourSince.delete(slice);
    }
    for (const slice of ours) {
      const since = ourSince.get(slice) ?? Date.now();
      ourSince.set(slice, since);
      if (!own.has(slice) && Date.now() - since >= SETTLE_MS) open(slice);
    }
    if (ours.every((slice) => own.get(slice)?.opened)) first.resolve();
  }

  share();
  return {
    members,
    opened: first.promise,
    share,
    finish: () => Promise.all([...leaving, ...[...own.values()].map((slice) => slice.leave())]),
    async close() {
      await Promise.all([...own.values()].map((slice) => slice.close()));
      await members.leave();
    },
  };
}
