import { describe, expect, it } from 'vitest';
import { asOf, endOfPast } from './as-of.ts';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');

describe('asOf', () => {
  it('includes its millisecond', () => {
    expect(endOfPast('2026-11-21T11:59:59.999Z', NOW)).toEqual(new Date('2026-11-21T12:00:00.000Z'));
    expect(endOfPast('2026-11-21T13:00:00.000999+01:00', NOW)).toEqual(new Date(NOW + 1));
  });

  it('refuses the future', () => {
    expect(() => endOfPast('2026-11-21T12:00:00.001Z', NOW)).toThrow(
      expect.objectContaining({ code: 'AS_OF_IN_FUTURE', kind: 'invalid' }),
    );
  });

  it('takes the beginning of all times for that of ours', () => {
    expect(endOfPast('0000-01-01T00:00:00Z', NOW)).toEqual(new Date(1));
  });

  it('is RFC 3339 and nothing else', () => {
    const taken = ['2026-11-21', 'yesterday', '1795242063558', '2026-11-21T06:41:03', '2026-13-01T00:00:00Z'];
    expect(taken.filter((text) => asOf.safeParse(text).success)).toEqual([]);
    expect(asOf.parse('2026-11-21T06:41:03+02:00')).toBe('2026-11-21T06:41:03+02:00');
  });
});
