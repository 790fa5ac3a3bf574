import { describe, expect, it } from 'vitest';
import { checkAll, describeOutcome } from './report.ts';

const violation = (at: number) => ({ subject: `order-${at}`, what: 'is wrong' });

describe('the report', () => {
  it('is one line where nothing is broken', () =>
    expect(describeOutcome({ id: 'I3', title: 'adds up', seconds: 0.04, violations: [] })).toBe(
      'I3   ok             0.0 s  adds up',
    ));

  it('shows the first twenty, and how many more there are', () => {
    const violations = Array.from({ length: 25 }, (_, at) => violation(at));
    const lines = describeOutcome({ id: 'I3', title: 'adds up', seconds: 1, violations }).split('\n');
    expect(lines).toHaveLength(22);
    expect(lines[0]).toContain('BROKEN (25)');
    expect(lines.at(-1)).toContain('and 5 more');
  });

  it('asks every invariant, whatever another one found', async () => {
    const told: string[] = [];
    const one = (id: string) => ({ id, title: id, check: async () => [] });
    const outcomes = await checkAll(
      [one('I1'), one('I2')],
      async ({ id }) => (id === 'I1' ? [violation(1)] : []),
      ({ id }) => told.push(id),
    );
    expect([told, outcomes.map(({ violations }) => violations.length)]).toEqual([
      ['I1', 'I2'],
      [1, 0],
    ]);
  });
});
