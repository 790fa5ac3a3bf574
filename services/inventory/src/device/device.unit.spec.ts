import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, readingOf } from './device.fixture.ts';
import { type Device, firstSeen, judge, MOST_GAPS, parked, released, type Verdict } from './device.ts';
import { quarantinedBetween } from './events.ts';
import { DEFAULT_RULES, type DeviceRules } from './rules.ts';
import type { Sequence } from './sequence.ts';

/** A device that hears its readings one after the other. */
function hearing(rules: DeviceRules = DEFAULT_RULES) {
  let device: Device = firstSeen('scale-7', NOW);
  const sequences = new Map<string, Sequence>();
  return {
    hear(reading: DeviceReading, now = NOW): Verdict {
      const session = reading.session ?? '';
      const judged = judge(device, sequences.get(session), rules, reading, now);
      device = judged.device;
      if (judged.sequence) sequences.set(session, judged.sequence);
      return judged.verdict;
    },
    get device() {
      return device;
    },
    sequence: (session = '') => sequences.get(session),
  };
}

describe('a device is heard', () => {
  it('once per number, in any order; without a number always', () => {
    const { hear } = hearing();
    const verdicts = [5, 3, 5, 4, 3].map((seq) => hear(readingOf({ seq })));
    expect(verdicts).toEqual(['apply', 'apply', 'duplicate', 'apply', 'duplicate']);
    expect([hear(readingOf()), hear(readingOf())]).toEqual(['apply', 'apply']);
  });

  it('from the start again in another session only', () => {
    const scale = hearing();
    scale.hear(readingOf({ seq: 900 }));
    scale.hear(readingOf({ seq: 0 }));
    expect(scale.hear(readingOf({ seq: 900 }))).toBe('duplicate');
    expect(scale.hear(readingOf({ seq: 900, session: 'b2' }))).toBe('apply');
    expect(scale.device).toMatchObject({ lastSession: 'b2', lastSeq: 900, duplicates: 1 });
  });

  it('whatever its clock says, which is only noted', () => {
    const scale = hearing();
    for (const [seq, skew] of [-86_400_000, 3_600_000, 5].entries()) {
      expect(scale.hear(readingOf({ seq, ts: NOW.getTime() + skew }))).toBe('apply');
    }
    expect(scale.device).toMatchObject({ lastSkewMs: 5, minSkewMs: -86_400_000, maxSkewMs: 3_600_000 });
  });

  it('in every order of the same readings with the same numbers applied', () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(numbers, (sent) => {
        const { hear } = hearing();
        const applied = sent.filter((seq) => hear(readingOf({ seq })) === 'apply');
        expect(applied.toSorted((a, b) => a - b)).toEqual([...new Set(sent)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a device that breaks a rule is in quarantine', () => {
  const rules: DeviceRules = {
    ...{ maxAbsDelta: 10, maxChangePerMinute: 25, maxSkewSeconds: 60, maxParkedInARow: 2, maxGaps: 2 },
  };

  it.each([
    ['DELTA_TOO_LARGE', [{ delta: 11 }]],
    ['DELTA_TOO_LARGE', [{ delta: -11 }]],
    ['CHANGE_TOO_FAST', [{ delta: 10 }, { delta: -10 }, { delta: 6 }]],
    ['CLOCK_SKEW', [{ ts: NOW.getTime() - 61_000 }]],
    ['TOO_MANY_GAPS', [{ seq: 0 }, { seq: 2 }, { seq: 4 }, { seq: 6 }]],
  ])('%s', (reason, readings) => {
    const scale = hearing(rules);
    const verdicts = readings.map((fields) => scale.hear(readingOf(fields)));
    expect(verdicts).toEqual([...readings.slice(1).map(() => 'apply'), 'keep']);
    expect(scale.device).toMatchObject({ quarantinedFor: reason, quarantinedAt: NOW, version: 1 });
    expect(scale.hear(readingOf({ seq: 100 }))).toBe('keep');
    expect(scale.hear(readingOf({ seq: 100 }))).toBe('duplicate');
  });

  it('takes the change of a minute, not of all time', () => {
    const scale = hearing(rules);
    for (const minute of [0, 1, 2, 3]) {
      const now = new Date(NOW.getTime() + minute * 60_000);
      expect(scale.hear(readingOf({ delta: 10 }), now)).toBe('apply');
      expect(scale.hear(readingOf({ delta: 10 }), now)).toBe('apply');
    }
  });

  it('also when too many of its readings in a row do not fit the stock', () => {
    const [first, second, third] = [0, 1, 2].reduce<Device[]>(
      (all) => [...all, parked(all.at(-1) ?? firstSeen('scale-7', NOW), rules, NOW)],
      [],
    );
    expect([first, second, third].map((device) => device?.quarantinedFor)).toEqual([
      null,
      null,
      'TOO_MANY_PARKED',
    ]);
    expect(quarantinedBetween(second!, third!)?.payload).toMatchObject({ reason: 'TOO_MANY_PARKED' });
    expect(quarantinedBetween(third!, parked(third!, rules, NOW))).toBeUndefined();
  });

  it('until it is released, with nothing held against it', () => {
    const scale = hearing(rules);
    scale.hear(readingOf({ delta: 11 }));
    expect(released(scale.device, NOW)).toMatchObject({ quarantinedFor: null, windowChange: 0, version: 2 });
  });

  it('and what is remembered of its numbers is bounded, whatever the rules', () => {
    const scale = hearing({ ...DEFAULT_RULES, maxGaps: null });
    for (let seq = 0; seq <= 2 * MOST_GAPS + 8; seq += 2) scale.hear(readingOf({ seq }));
    expect(scale.device.quarantinedFor).toBe('TOO_MANY_GAPS');
    expect(scale.sequence()?.gaps).toHaveLength(MOST_GAPS);
  });
});
