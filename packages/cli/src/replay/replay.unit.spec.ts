import { describe, expect, it } from 'vitest';
import { UsageError } from '#arguments.ts';
import { describeProgress, describeReport, isReport, parseLine, type Report } from './progress.ts';
import { parseFrom } from './start-of-reading.ts';

describe('--from', () => {
  it('is a time', () => {
    expect(parseFrom('2026-01-31T12:00:00Z')).toEqual({ kind: 'time', epochMs: Date.UTC(2026, 0, 31, 12) });
    expect(parseFrom('1700000000000')).toEqual({ kind: 'time', epochMs: 1_700_000_000_000 });
  });
  it('is an offset per partition', () =>
    expect(parseFrom('a.b:3=1200,a.b:0=0')).toMatchObject({
      offsets: new Map([
        ['a.b 3', 1200n],
        ['a.b 0', 0n],
      ]),
    }));
  it('is everything where it is left out', () =>
    expect(parseFrom(undefined)).toEqual({ kind: 'everything' }));
  it.each(['yesterday', 'a:b=c', 'a.b:1=2,', '2026-13-45T99:00:00Z', '-5'])('%s is none of them', (text) =>
    expect(() => parseFrom(text)).toThrow(UsageError),
  );
});

describe('what a replay prints', () => {
  const report: Report = {
    ...{
      projection: 'p',
      version: 3,
      events: 12_000,
      seconds: 4,
      rows: 7,
      digest: 'abc',
      mismatches: [],
      switched: true,
    },
  };

  it('is told apart', () => {
    expect(parseLine('hello')).toBeUndefined();
    expect(parseLine('{broken')).toBeUndefined();
    expect(parseLine('{"level":"warn"}')).toBeUndefined();
    expect(isReport(parseLine(JSON.stringify(report))!)).toBe(true);
    expect(isReport(parseLine('{"phase":"reading","version":1}')!)).toBe(false);
  });

  it('shows progress, rate and remaining time', () =>
    expect(
      describeProgress({
        phase: 'reading',
        version: 3,
        done: 5_000,
        total: 20_000,
        rate: 2_500,
        secondsLeft: 6,
      }),
    ).toBe('v3: 5,000 of 20,000 events (25 %), 2,500/s, 6 s left'));

  it('reports rate, rows and digest', () =>
    expect(describeReport(report)).toBe(
      'p v3: 12,000 events in 4.0 s (3,000/s), 7 rows, digest abc\nswitched: reads go to v3',
    ));

  it('has the rate of what this run has read, where it has resumed another one', () =>
    expect(describeReport({ ...report, read: 400 })).toContain(
      '12,000 events, 400 of them now, in 4.0 s (100/s)',
    ));

  it('shows the first keys that differ', () => {
    const text = describeReport({
      ...report,
      switched: false,
      mismatches: [{ storeId: 'S', key: 'k', source: 'x' }],
    });
    expect(text).toContain('1 rows differ');
    expect(text).toMatch(/S k\n +source +x\n +projection +\(missing\)/);
    expect(text).toContain('NOT switched');
  });
});
