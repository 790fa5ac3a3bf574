import { describe, expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';
import { GatewayFailure } from './channel.ts';

const good = () => Promise.resolve('fine');
const bad = () => Promise.reject(new GatewayFailure('TIMEOUT', 'no answer'));

function setUp(halfOpenAfterMs: number) {
  const changes: string[] = [];
  const breaker = createBreaker({ halfOpenAfterMs, onChange: ({ state }) => void changes.push(state) });
  const play = async (calls: string) => {
    for (const call of calls) await breaker.execute(call === '+' ? good : bad).catch(() => undefined);
  };
  return { breaker, changes, play };
}

describe('breaker', () => {
  it.each([
    ['----', 'CLOSED'],
    ['-----', 'OPEN'],
    ['+-+-+-+-+', 'CLOSED'],
    ['+-+-+-+-+-', 'OPEN'],
    ['+++++++-+-+-', 'CLOSED'],
  ])('%s leaves it %s', async (calls, state) => {
    const { breaker, play } = setUp(60_000);
    await play(calls);
    expect(breaker.state).toBe(state);
  });

  it('refuses calls while it is open, without running them', async () => {
    const { breaker, play } = setUp(60_000);
    await play('-----');
    let ran = false;
    const call = breaker.execute(async () => (ran = true));
    await expect(call).rejects.toMatchObject({ code: 'BREAKER_OPEN', maybeDone: false });
    expect(ran).toBe(false);
  });

  it('lets one call probe it, and the others fall back meanwhile', async () => {
    const { breaker, changes, play } = setUp(0);
    await play('-----');
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = breaker.execute(() => promise);
    await expect(breaker.execute(good)).rejects.toMatchObject({ code: 'BREAKER_OPEN' });
    resolve('fine');
    await probe;
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
  });

  it('opens again where the probe fails', async () => {
    const { changes, play } = setUp(0);
    await play('------');
    expect(changes).toEqual(['OPEN', 'HALF_OPEN', 'OPEN']);
  });
});
