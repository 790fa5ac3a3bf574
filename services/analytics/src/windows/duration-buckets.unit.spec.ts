import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { bucketOf, percentilesOf, upperMsOf } from './duration-buckets.ts';

describe('buckets of durations', () => {
  test.prop([fc.integer({ min: 1, max: 2 ** 40 })])('hold a duration within a fifth', (ms) => {
    const upper = upperMsOf(bucketOf(ms));
    expect(upper).toBeGreaterThan(ms);
    expect(upper).toBeLessThanOrEqual(ms * 1.2);
  });

  it('take what seems to end before it begins for "at once"', () => {
    expect(bucketOf(-5)).toBe(0);
    expect(bucketOf(0)).toBe(0);
  });
});

describe('percentiles', () => {
  test.prop([fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1 }), fc.constantFrom(0.5, 0.95, 1)])(
    'are at most a fifth above the exact ones, and never below',
    (durations, share) => {
      const counts = new Map<number, number>();
      for (const ms of durations) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
      const exact = durations.toSorted((a, b) => a - b)[
        Math.max(Math.ceil(durations.length * share) - 1, 0)
      ]!;
      const [told] = percentilesOf(counts, [share]);
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(exact * 1.2 + 1);
    },
  );

  it('are 0 of nothing', () => expect(percentilesOf(new Map(), [0.5, 0.95])).toEqual([0, 0]));
});
