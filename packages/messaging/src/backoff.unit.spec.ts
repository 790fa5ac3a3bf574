import { describe, expect, it } from 'vitest';
import { pause, pauseMs } from './backoff.ts';

describe('backoff', () => {
  const bounds = { initialMs: 10, maxMs: 100 };

  it('doubles up to its limit, half of it by chance', () => {
    const longest = [1, 2, 3, 4, 5, 50].map((attempt) => pauseMs(attempt, bounds, () => 1));
    expect(longest).toEqual([10, 20, 40, 80, 100, 100]);
    const shortest = [1, 2, 3, 4, 5, 50].map((attempt) => pauseMs(attempt, bounds, () => 0));
    expect(shortest).toEqual([5, 10, 20, 40, 50, 50]);
  });

  it('ends a pause when the signal is aborted, before or during', async () => {
    const abort = new AbortController();
    const waiting = pause(3_600_000, abort.signal);
    abort.abort();
    await waiting;
    await pause(3_600_000, abort.signal);
    expect(abort.signal.aborted).toBe(true);
  });
});
