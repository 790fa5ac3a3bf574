import type { Subscription } from '@tradewind/messaging/broker.ts';
import { describe, expect, it } from 'vitest';
import { consumerHealth } from './consumer-health.ts';

const running = (lag: () => Promise<bigint>): Subscription => ({
  ...{ lastFetchAt: 1_000, state: 'running' as const, stop: async () => undefined },
  lag,
});

describe('the lag of consumers', () => {
  it('is shown for each; one that nobody can tell is not ok, and never makes a service unready', async () => {
    const check = consumerHealth(() => [
      { name: 'order', subscription: running(async () => 7n) },
      { name: 'away', subscription: running(() => Promise.reject(new Error('no broker'))) },
      { name: 'new', subscription: undefined },
    ]);
    expect(check.optional).toBe(true);
    expect(await check.check()).toEqual({
      ok: false,
      detail: {
        order: { state: 'running', lag: 7 },
        away: { state: 'running', lag: null },
        new: { state: 'starting', lag: null },
      },
    });
  });

  it.each([
    ['is ok while they fetch', 'running', 5_000, true],
    ['is not where one has not fetched for long', 'running', 15_000, false],
    ['is not where one waits for its broker', 'starting', 5_000, false],
  ] as const)('%s', async (_, state, time, ok) => {
    const subscription = { ...running(async () => 0n), state };
    const check = consumerHealth(
      () => [{ name: 'order', subscription }],
      () => time,
    );
    expect((await check.check()).ok).toBe(ok);
  });

  it('is asked for at most every five seconds', async () => {
    let time = 0;
    let asked = 0;
    const subscription = running(async () => BigInt(++asked));
    const check = consumerHealth(
      () => [{ name: 'order', subscription }],
      () => time,
    );
    await check.check();
    time = 4_000;
    expect(await check.check()).toMatchObject({ detail: { order: { lag: 1 } } });
    time = 6_000;
    expect(await check.check()).toMatchObject({ ok: true, detail: { order: { lag: 2 } } });
  });
});
