import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import { logOf, type Stage, type Tally } from './suite.ts';

/** What vitest's JSON reporter says, as far as it is counted. */
export interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly object[] }[];
}

/** Runs one project of vitest.config.ts. One without any test file passes with nothing to count. */
export async function runVitest(stage: Stage, project: string): Promise<Tally> {
  const file = join(stage.home, `test-${project}.json`);
  const program = join(checkout, 'node_modules/vitest/vitest.mjs');
  const report = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = [program, 'run', '--project', project, '--passWithNoTests', '--no-color', ...report];
  const code = await stage.run(logOf(stage, project), process.execPath, args);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  await rm(file, { force: true });
  return tallyOf(text === undefined ? undefined : (JSON.parse(text) as Report), code);
}

/**
 * The true numbers: a file that could not even be loaded has no tests and still failed, and so has a run that ends with
 * an error outside any test, or without a report.
 */
export function tallyOf(report: Report | undefined, exitCode: number): Tally {
  if (report === undefined) return { passed: 0, failed: exitCode === 0 ? 0 : 1 };
  const broken = report.testResults.filter(
    (it) => it.status === 'failed' && it.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + broken;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
