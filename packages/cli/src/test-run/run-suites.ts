import { rm } from 'node:fs/promises';
import { ownStack, type OwnStack } from './own-stack.ts';
import { line, tail } from './report.ts';
import { createStage, type OwnStage, type Thoroughness } from './stage.ts';
import { logOf, ONE_FAILED, type Suite, type Tally } from './suite.ts';

type Say = (text: string) => void;

/**
 * Runs suites one after the other, each to its end whatever the others did, on a stack of the run's own. That is stopped
 * always, by its process ids; its folder, with all logs, stays where something failed.
 */
export async function runSuites(
  chosen: readonly Suite[],
  thoroughness: Thoroughness,
  say: Say,
): Promise<Tally> {
  const stage = await createStage(thoroughness);
  const stack = ownStack(stage);
  const onSignal = (): void => stage.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  let total: Tally = { passed: 0, failed: 0 };
  try {
    for (const suite of chosen) {
      if (stage.aborted) break;
      total = sum(total, await runOne(suite, stage, stack, say));
    }
    // A run that was cut short says nothing about what it did not reach.
    return stage.aborted ? sum(total, ONE_FAILED) : total;
  } finally {
    await stack.remove();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onSignal);
    if (total.failed === 0 && !stage.aborted) await rm(stage.home, { recursive: true, force: true });
  }
}

async function runOne(suite: Suite, stage: OwnStage, stack: OwnStack, say: Say): Promise<Tally> {
  const began = performance.now();
  if (!(await stack.provide(suite.needs))) {
    say(line(suite.name, ONE_FAILED, performance.now() - began));
    say(await tail(logOf(stage, suite.needs)));
    return ONE_FAILED;
  }
  if (stage.aborted) return ONE_FAILED;
  const tally = await suite.run(stage);
  say(line(suite.name, tally, performance.now() - began));
  if (tally.failed > 0) say(await tail(logOf(stage, suite.name)));
  return tally;
}

const sum = (a: Tally, b: Tally): Tally => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });
