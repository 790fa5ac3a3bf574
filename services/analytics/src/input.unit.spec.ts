import { describe, expect, it } from 'vitest';
import { rangeOf } from './input.ts';

const ms = (text: string): number => Date.parse(text);

describe('a range', () => {
  it.each([
    ['a day', '2026-11-20', '2026-11-20', '2026-11-21T00:00:00Z'],
    ['days, with the last one', '2026-11-20', '2026-11-21', '2026-11-22T00:00:00Z'],
    ['until a moment', '2026-11-20', '2026-11-21T12:00:00Z', '2026-11-21T12:00:00Z'],
  ])('is %s', (_, from, to, end) =>
    expect(rangeOf({ from, to }, '1d')).toEqual({ from: ms(from), to: ms(end) }),
  );

  it('begins with the window that it touches', () =>
    expect(rangeOf({ from: '2026-11-20T10:20:30Z' }, '1h')).toEqual({
      from: ms('2026-11-20T10:00:00Z'),
      to: undefined,
    }));

  it.each([
    ['2026-11-21', '2026-11-20'],
    ['2026-11-20T01:00:00Z', '2026-11-20T00:59:00Z'],
  ])('does not end before it begins: %s to %s', (from, to) =>
    expect(() => rangeOf({ from, to }, '1d')).toThrow(expect.objectContaining({ code: 'RANGE_INVALID' })),
  );
});
