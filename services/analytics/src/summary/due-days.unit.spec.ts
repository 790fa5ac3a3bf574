import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '#windows/window.ts';
import { dayName, dueDays } from './due-days.ts';

const MONDAY = Date.UTC(2026, 10, 16);
const latenessMs = 30_000;
const facts = (day: number, changes = 1n, storeId = 'STORE-1') => ({ storeId, day, changes });
const at = (now: number, watermark = now) => ({ now, watermark, latenessMs });
const daysOf = (due: ReturnType<typeof dueDays>) => due.map(({ day }) => (day - MONDAY) / DAY_MS);

describe('a day is due', () => {
  it('once it is over, and what may still come has come', () => {
    const tuesday = MONDAY + DAY_MS;
    expect(dueDays([facts(MONDAY)], new Map(), at(tuesday + latenessMs - 1))).toEqual([]);
    expect(daysOf(dueDays([facts(MONDAY)], new Map(), at(tuesday + latenessMs)))).toEqual([0]);
  });

  it('not while its input is behind, however late it is', () =>
    expect(dueDays([facts(MONDAY)], new Map(), at(MONDAY + 9 * DAY_MS, MONDAY + DAY_MS))).toEqual([]));

  it('not by a watermark that runs before the clock', () =>
    expect(dueDays([facts(MONDAY)], new Map(), at(MONDAY + 1, MONDAY + 9 * DAY_MS))).toEqual([]));

  it('also where nothing happened, since the first day of the tenant', () =>
    expect(
      daysOf(dueDays([facts(MONDAY), facts(MONDAY + 3 * DAY_MS)], new Map(), at(MONDAY + 5 * DAY_MS))),
    ).toEqual([0, 1, 2, 3]));

  it('again when its facts have changed, and only then', () => {
    const made = new Map([
      [dayName('STORE-1', MONDAY), 1n],
      [dayName('STORE-1', MONDAY + DAY_MS), 0n],
    ]);
    const clock = at(MONDAY + 2 * DAY_MS + latenessMs);
    expect(dueDays([facts(MONDAY)], made, clock)).toEqual([]);
    expect(dueDays([facts(MONDAY, 2n)], made, clock)).toEqual([
      { storeId: 'STORE-1', day: MONDAY, changes: 2n, again: true },
    ]);
  });
});

test.prop([fc.nat(40), fc.nat(40)])(
  'what a downtime left out is caught up on, each day once',
  (down, length) => {
    const days = [facts(MONDAY)];
    const before = dueDays(days, new Map(), at(MONDAY + down * DAY_MS + latenessMs));
    const made = new Map(before.map(({ storeId, day, changes }) => [dayName(storeId, day), changes]));
    const after = dueDays(days, made, at(MONDAY + (down + length) * DAY_MS + latenessMs));
    expect([...before, ...after].map(({ day }) => day)).toEqual(
      Array.from({ length: down + length }, (_, n) => MONDAY + n * DAY_MS),
    );
  },
);
