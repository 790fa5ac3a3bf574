import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '#send/retry-after.ts';
import { nextTry, STEPS_MS } from './schedule.ts';

describe('the schedule', () => {
  it('is 30 s, 2 m, 5 m, 15 m, 30 m and then over', () => {
    const waits = [1, 2, 3, 4, 5, 6].map((tries) => nextTry(tries, { random: 0.5, timeScale: 1 })?.inMs);
    expect(waits).toEqual([30_000, 120_000, 300_000, 900_000, 1_800_000, undefined]);
  });

  property.prop([
    fc.integer({ min: 1, max: 5 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom(1, 0.01),
  ])('spreads by a tenth to either side, whatever the scale', (tries, random, timeScale) => {
    const wait = (STEPS_MS[tries - 1] ?? 0) * timeScale;
    const inMs = nextTry(tries, { random, timeScale })?.inMs ?? 0;
    expect(inMs).toBeGreaterThanOrEqual(wait * 0.9 - 1e-6);
    expect(inMs).toBeLessThanOrEqual(Math.ceil(wait * 1.1));
  });

  it('waits as long as the endpoint asks, and never shorter than its own step', () => {
    const wait = (asked: number) => nextTry(1, { random: 0.5, timeScale: 1, retryAfterMs: asked })?.inMs;
    expect([wait(45_000), wait(1_000)]).toEqual([45_000, 30_000]);
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-21T12:00:00.000Z');
  it.each([
    ['120', 120_000],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['999999999', 3_600_000],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['Sat, 21 Nov 2026 11:59:00 GMT', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (header, ms) => expect(retryAfterMs(header, now)).toBe(ms));
});
