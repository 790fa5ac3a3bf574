import type { Broker, SubscribeOptions } from '@tradewind/messaging/broker.ts';
import type { Message } from '@tradewind/messaging/message.ts';
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
  await age.broker.subscribe({ group: 'g', topics: ['t'], onBatch: () => inHand.promise });
  return { age, inHand, take: (one: Message) => given!.onBatch([one], new AbortController().signal) };
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
});
