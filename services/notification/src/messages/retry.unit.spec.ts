import { describe, expect, it } from 'vitest';
import { RETRIES, retryIn } from './retry.ts';

describe('when a try is made again', () => {
  it('is four times as late each time, and not at all in the end', () => {
    const waits = Array.from({ length: RETRIES + 1 }, (_, tries) => retryIn(tries + 1, 1_000, () => 0.5));
    expect(waits).toEqual([1_000, 4_000, 16_000, 64_000, 256_000, undefined]);
  });

  it('differs by a fifth at most', () => {
    expect([retryIn(1, 1_000, () => 0), retryIn(1, 1_000, () => 1)]).toEqual([800, 1_200]);
  });
});
