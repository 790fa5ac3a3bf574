import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growthOver } from './live-signs.ts';
import { chunkSize, nextRest, nextTurn, restAfter, type Signs } from './pace.ts';

const quiet: Signs = { flowing: false, outboxMs: 0, behind: 0, growth: 0 };
const flowing: Signs = { ...quiet, flowing: true };
const after = (rest: number, ...signs: Signs[]) => signs.reduce(nextRest, rest);

describe('the pace of a replay', () => {
  it('is free where nobody else is there', () => {
    expect(after(1, quiet)).toBe(0);
    expect(chunkSize({ kind: 'adaptive' }, 0)).toBeGreaterThan(chunkSize({ kind: 'adaptive' }, 1));
  });

  it('leaves at least half of the time to live traffic', () =>
    fc.assert(
      fc.property(fc.double({ min: 0, max: 32, noNaN: true }), (rest) => {
        expect(after(rest, flowing)).toBeGreaterThanOrEqual(1);
      }),
    ));

  it.each([{ outboxMs: 800 }, { behind: 5_000 }])(
    'slows down while the live side falls behind: %o',
    (sign) => {
      const slow = { ...flowing, ...sign };
      expect(after(1, slow)).toBe(2);
      expect(after(1, ...Array.from({ length: 20 }, () => slow))).toBe(32);
    },
  );

  it('comes back step by step, slower than it went', () => {
    const late = { ...flowing, behind: 5_000 };
    const slowed = after(1, late, late, late);
    expect(after(slowed, quiet)).toBeGreaterThan(slowed / 2);
    expect(after(slowed, ...Array.from({ length: 40 }, () => quiet))).toBe(0);
  });

  it('is never outrun by its topics, however far the live side is behind', () =>
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(32), fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 1_000 })),
        ([rest, workMs, growth]) => {
          const pause = restAfter(rest, workMs, 250, growth);
          expect(pause).toBeLessThanOrEqual(workMs * rest);
          const perSecond = 250_000 / (workMs + pause);
          expect(perSecond).toBeGreaterThanOrEqual(Math.min(2.99 * growth, 250_000 / workMs));
        },
      ),
    ));

  it('knows how fast its topics grow', () => {
    const growth = growthOver(10_000);
    expect(growth(0, 1_000n)).toBe(0);
    expect(growth(500, 1_100n)).toBe(200);
    expect(growth(10_000, 3_000n)).toBe(200);
    // What was long ago is forgotten.
    for (let now = 10_500; now <= 30_000; now += 500) growth(now, 3_000n);
    expect(growth(30_500, 3_000n)).toBe(0);
  });

  it('keeps to a rate, whatever the batches and pauses are', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ count: fc.integer({ min: 1, max: 500 }), pause: fc.nat(2_000) }), {
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 10_000 }),
        (batches, perSecond) => {
          let now = 0;
          let turn = 0;
          let done = 0;
          for (const { count, pause } of batches) {
            now += pause;
            const start = Math.max(turn, now);
            turn = nextTurn(turn, now, count, perSecond);
            now = start;
            // Never more than a batch ahead of the rate.
            expect(done).toBeLessThanOrEqual((perSecond * now) / 1_000 + 1e-6);
            done += count;
          }
        },
      ),
    ));

  it('cuts batches so that a slow rate is steady', () => {
    expect(chunkSize({ kind: 'rate', perSecond: 100 }, 0)).toBe(25);
    expect(chunkSize({ kind: 'rate', perSecond: 1 }, 0)).toBe(1);
  });
});
