import { describe, expect, it } from 'vitest';
import { nextPause } from '#supervisor/backoff.ts';

describe('nextPause', () => {
  it('doubles from 200 ms to 5 s', () => {
    const pauses: number[] = [];
    for (let i = 0; i < 7; i++) pauses.push(nextPause(pauses.at(-1), 0));
    expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('begins anew once the process was healthy for half a minute', () => {
    expect(nextPause(5_000, 29_999)).toBe(5_000);
    expect(nextPause(5_000, 30_000)).toBe(200);
  });
});
