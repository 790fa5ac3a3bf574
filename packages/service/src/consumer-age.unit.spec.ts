import type { Broker, SubscribeOptions } from '@tradewind/messaging/broker.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { StoreAway } from '@tradewind/outbox/store-away.ts';
import { describe, expect, it } from 'vitest';
import { watchConsumers } from './consumer-age.ts';

const message = (timestamp: number): Message => ({
  ...{ topic: 't', partition: 0, offset: 0n, key: 'k', value: Buffer.alloc(0), headers: {}, timestamp },
});

/** A broker that gives its one subscription away. */
async function watched(now: () => number) {
  let given: SubscribeOptions | undefined;
  const broker = {
    subscribe: async (options: SubscribeOptions) => {
      given = options;
      return undefined as never;
    },
  } as unknown as Broker;
  const age = watchConsumers(broker, now);
  const inHand = Promise.withResolvers<void>();
  let answered = inHand.promise;
  await age.broker.subscribe({ group: 'g', topics: ['t'], onBatch: () => answered });
  const answer = (next: Promise<void>) => void (answered = next);
  return { age, inHand, answer, take: (one: Message) => given!.onBatch([one], new AbortController().signal) };
}

describe('the age of what consumers have in hand', () => {
  it('grows while it is in hand, is remembered for a moment, and is nothing after', async () => {
    let now = 10_000;
    const { age, inHand, take } = await watched(() => now);
    expect(age.ageMs(now)).toBe(0);
    const taken = take(message(4_000));
    expect(age.ageMs(now)).toBe(6_000);
    now = 11_000;
    expect(age.ageMs(now)).toBe(7_000);
    inHand.resolve();
    await taken;
    expect(age.ageMs(12_000)).toBe(7_000);
    expect(age.ageMs(13_000)).toBe(0);
  });

  it('counts a batch that fails: it will come again', async () => {
    const { age, inHand, take } = await watched(() => 10_000);
    const taken = take(message(1_000));
    inHand.reject(new Error('not now'));
    await expect(taken).rejects.toThrow('not now');
    expect(age.ageMs(10_500)).toBe(9_000);
  });

  it('leaves out what waits for a store of read models, until that takes it', async () => {
    const { age, answer, take } = await watched(() => 10_000);
    answer(Promise.reject(new StoreAway('Cassandra does not answer')));
    await expect(take(message(1_000))).rejects.toThrow('Cassandra');
    expect(age.ageMs(10_500)).toBe(0);
    const again = Promise.withResolvers<void>();
    answer(again.promise);
    const taken = take(message(1_000));
    expect(age.ageMs(10_500)).toBe(0);
    again.resolve();
    await taken;
    const later = take(message(4_000));
    expect(age.ageMs(10_000)).toBe(6_000);
    await later;
  });
});
