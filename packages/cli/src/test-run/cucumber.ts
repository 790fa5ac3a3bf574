import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '#places.ts';
import { logOf, type Stage, type Tally } from './suite.ts';

/** What is counted of a line of Cucumber's message format. */
export interface Envelope {
  readonly testStepFinished?: {
    readonly testCaseStartedId: string;
    readonly testStepResult: { readonly status: string };
  };
  readonly testCaseFinished?: { readonly testCaseStartedId: string; readonly willBeRetried: boolean };
}

/** Runs every scenario of tests/features. */
export async function runCucumber(stage: Stage): Promise<Tally> {
  const file = join(stage.home, 'features.ndjson');
  const program = join(checkout, 'tests/node_modules/@cucumber/cucumber/bin/cucumber.js');
  const args = [program, '--config', 'tests/features/cucumber.json', '--format', `message:${file}`];
  const code = await stage.run(logOf(stage, 'features'), process.execPath, args);
  const text = await readFile(file, 'utf8').catch(() => '');
  await rm(file, { force: true });
  return tallyOf(envelopes(text), code);
}

function envelopes(text: string): Envelope[] {
  const lines = text.split('\n').filter((it) => it !== '');
  return lines.map((it) => JSON.parse(it) as Envelope);
}

/**
 * The true numbers: a scenario passes where each of its steps and hooks does. One that was left out, is not defined, or
 * was cut off with the run has failed; so has a run without any.
 */
export function tallyOf(lines: readonly Envelope[], exitCode: number): Tally {
  const steps = new Map<string, boolean>();
  let [passed, failed] = [0, 0];
  for (const { testStepFinished: step, testCaseFinished: scenario } of lines) {
    if (step) {
      const good = step.testStepResult.status === 'PASSED';
      steps.set(step.testCaseStartedId, good && steps.get(step.testCaseStartedId) !== false);
    }
    if (scenario && !scenario.willBeRetried) {
      if (steps.get(scenario.testCaseStartedId) === true) passed++;
      else failed++;
    }
  }
  const broken = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: broken ? 1 : failed };
}
