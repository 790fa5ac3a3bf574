import { describe, expect, it } from 'vitest';
import { type Envelope, tallyOf } from './cucumber.ts';

const scenario = (id: string, ...statuses: string[]): Envelope[] => [
  ...statuses.map((status) => ({
    testStepFinished: { testCaseStartedId: id, testStepResult: { status } },
  })),
  { testCaseFinished: { testCaseStartedId: id, willBeRetried: false } },
];

describe('tally of a run of scenarios', () => {
  it.each(['FAILED', 'UNDEFINED', 'SKIPPED', 'PENDING', 'AMBIGUOUS'])(
    'counts one with a step that is %s as failed',
    (status) => {
      const lines = [...scenario('a', 'PASSED', 'PASSED'), ...scenario('b', 'PASSED', status, 'PASSED')];
      expect(tallyOf(lines, 1)).toEqual({ passed: 1, failed: 1 });
    },
  );

  it('does not call a run good that ended with an error, or ran nothing', () => {
    expect(tallyOf(scenario('a', 'PASSED'), 1)).toEqual({ passed: 1, failed: 1 });
    expect(tallyOf(scenario('a'), 0)).toEqual({ passed: 0, failed: 1 });
    expect(tallyOf([], 0)).toEqual({ passed: 0, failed: 1 });
  });
});
