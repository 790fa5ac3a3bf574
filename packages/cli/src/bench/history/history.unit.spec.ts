import { describe, expect, it } from 'vitest';
import { customerOf, MANY, nextCustomers } from '#bench/history/customers.ts';
import { compare, comparisonRows, figureOf, type Figures } from '#bench/history/figures.ts';
import { rateBetween } from '#bench/history/replay-rate.ts';

describe('customers of a history', () => {
  it('are many with some orders each, and a few with a hundredth each', () => {
    const owned = new Map<string, number>();
    for (let n = 0; n < 100_000; n++) owned.set(customerOf(n), (owned.get(customerOf(n)) ?? 0) + 1);
    const sizes = [...owned.values()].toSorted((a, b) => b - a);
    expect(sizes.slice(0, 5)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000]);
    expect(sizes[5]).toBeLessThanOrEqual(2);
    expect(owned.size).toBeGreaterThan(40_000);
    expect(owned.has(MANY.userId)).toBe(false);
  });

  it('go on where they were, and end with what is wanted', () => {
    expect(nextCustomers(7, 10, 2)).toEqual([customerOf(7), customerOf(8)]);
    expect(nextCustomers(9, 10, 2)).toEqual([customerOf(9)]);
    expect(nextCustomers(12, 10, 2)).toEqual([]);
  });
});

describe('comparing two measurings', () => {
  const figures = (orders: number, ...values: number[]): Figures => ({
    ...{ orders, measuredAt: '2026-11-22T00:00:00Z' },
    figures: [figureOf('list', 'p95 ms', values)],
  });

  it('sets the medians beside each other', () => {
    const [before, after] = [figures(10, 4, 2, 9), figures(1_000, 6, 5, 30)];
    expect(compare(before, after)).toEqual([
      { what: 'list', unit: 'p95 ms', before: 4, after: 6, ratio: 1.5 },
    ]);
    expect(comparisonRows(before, after).rows).toEqual([
      ['list', 'p95 ms', '4.00 (2.00 … 9.00)', '6.00 (5.00 … 30.0)', '1.50'],
    ]);
  });

  it('leaves out what was measured only once', () => {
    expect(compare({ ...figures(10, 1), figures: [] }, figures(20, 1))).toEqual([]);
  });
});

describe('the rate of a part of a replay', () => {
  const seen = [0, 100, 200, 250, 300].map((done, at) => ({ at: at * 3_000, done, total: 300 }));

  it('is that between the first and the last sight of it', () => {
    expect(rateBetween(seen, 0, 0.25)).toBeCloseTo(100 / 3);
    expect(rateBetween(seen, 0.75, 1)).toBeCloseTo(100 / 6);
  });

  it('is not told where it went too fast', () => {
    expect(rateBetween(seen.slice(0, 1), 0, 0.25)).toBeUndefined();
    expect(
      rateBetween(
        [
          { at: 0, done: 0, total: 4 },
          { at: 900, done: 4, total: 4 },
        ],
        0,
        1,
      ),
    ).toBeUndefined();
  });
});
