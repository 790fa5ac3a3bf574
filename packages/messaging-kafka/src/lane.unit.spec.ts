import { describe, expect, it } from 'vitest';
import { createLane, type Item, type LaneOptions } from './lane.ts';

const item = (text: string, position = 0): Item => ({
  message: { key: 'k', value: Buffer.from(text), headers: {} },
  position,
});

/** A lane whose sends are kept and answered by the test. */
function controlled(options: Partial<LaneOptions> = {}) {
  const sends: { texts: string[]; resolve(): void; reject(error: unknown): void }[] = [];
  const lane = createLane({
    send: (messages) =>
      new Promise((resolve, reject) => {
        sends.push({ texts: messages.map(({ value }) => value.toString()), resolve, reject });
      }),
    isTooLarge: (error) => error === 'too large',
    maxBytes: 10_000,
    maxMessages: 100,
    ...options,
  });
  return { lane, sends };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a lane into a partition', () => {
  it('has one send in flight and merges what comes meanwhile', async () => {
    const { lane, sends } = controlled();
    const first = lane.submit([item('a')]);
    const second = lane.submit([item('b'), item('c')]);
    const third = lane.submit([item('d')]);
    await turn();
    expect(sends.map(({ texts }) => texts)).toEqual([['a']]);
    sends[0]!.resolve();
    await first;
    await turn();
    expect(sends[1]!.texts).toEqual(['b', 'c', 'd']);
    sends[1]!.resolve();
    await Promise.all([second, third]);
  });

  it('splits what is more than a batch holds', async () => {
    const { lane, sends } = controlled({ maxBytes: 300 });
    const all = lane.submit(Array.from({ length: 5 }, (_, n) => item('x'.repeat(50), n)));
    for (const expected of [2, 2, 1]) {
      await turn();
      expect(sends.at(-1)!.texts.length).toBe(expected);
      sends.at(-1)!.resolve();
    }
    await all;
    expect(sends.length).toBe(3);
  });

  it('fails everything behind a failed send, so that order survives its repetition', async () => {
    const { lane, sends } = controlled();
    const results = Promise.allSettled([lane.submit([item('a')]), lane.submit([item('b')])]);
    await turn();
    sends[0]!.reject(new Error('connection lost'));
    const failure = {
      status: 'rejected',
      reason: expect.objectContaining({ code: 'PUBLISH_FAILED', retryable: true }),
    };
    expect(await results).toEqual([failure, failure]);
    expect(sends.length).toBe(1);
    const again = lane.submit([item('a')]);
    await turn();
    sends[1]!.resolve();
    await again;
  });

  it('finds the message that is too large, and sends nothing behind it', async () => {
    const { lane, sends } = controlled();
    const result = lane.submit([item('a', 0), item('huge', 1), item('c', 2)]);
    result.catch(() => undefined);
    await turn();
    expect(sends[0]!.texts).toEqual(['a', 'huge', 'c']);
    sends[0]!.reject('too large');
    await turn();
    expect(sends[1]!.texts).toEqual(['a']);
    sends[1]!.resolve();
    await turn();
    expect(sends[2]!.texts).toEqual(['huge']);
    sends[2]!.reject('too large');
    await expect(result).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE', poison: [1], retryable: false });
    expect(sends.length).toBe(3);
  });
});
