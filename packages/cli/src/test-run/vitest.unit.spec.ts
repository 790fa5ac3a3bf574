import { describe, expect, it } from 'vitest';
import { tallyOf, type Report } from './vitest.ts';

const report = (passed: number, failed: number, files: Report['testResults'] = []): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: files,
});

describe('tally of a vitest run', () => {
  it('takes the numbers of the report', () => {
    expect(tallyOf(report(7, 2), 1)).toEqual({ passed: 7, failed: 2 });
  });

  it('counts a file that could not be loaded', () => {
    const unloaded = { status: 'failed', assertionResults: [] };
    expect(tallyOf(report(7, 1, [unloaded, { status: 'passed', assertionResults: [{}] }]), 1)).toEqual({
      passed: 7,
      failed: 2,
    });
  });

  it('does not call a run good that ended with an error', () => {
    expect(tallyOf(report(7, 0), 1)).toEqual({ passed: 7, failed: 1 });
    expect(tallyOf(undefined, 1)).toEqual({ passed: 0, failed: 1 });
  });
});
