import { join } from 'node:path';
import { SetupError } from '@tradewind/native/run.ts';
import type { Stage } from '#bench/benchmark.ts';
import { checkThatAllAgree } from '#bench/history/agree.ts';
import { compare, comparisonRows } from '#bench/history/figures.ts';
import { type MeasuredAll, measureAll } from '#bench/history/measure-all.ts';
import { type History, openHistory } from '#bench/history/stand.ts';
import type { RunOptions } from '#bench/run-benchmark.ts';
import { openStack } from '#reconcile/running-stack.ts';
import { readJson, writeJson } from '#supervisor/state.ts';
import { textTable } from '#text-table.ts';

export interface HistoryReport {
  readonly name: 'history';
  readonly before: MeasuredAll;
  readonly after: MeasuredAll;
  readonly compared: ReturnType<typeof compare>;
  readonly check: string;
}

/** More than this part of the orders there before is no beginning. */
const BEGINNING = 0.5;

/**
 * What orders cost before and after many of them stand in the tables. What was measured before is kept in TW_HOME, and so
 * are the orders: interrupted, it goes on where it was.
 */
export async function benchHistory(
  stage: Stage,
  options: RunOptions & { readonly orders: number },
): Promise<HistoryReport> {
  const wanted = Math.round(options.orders * stage.scale);
  const stack = openStack(stage.endpoints);
  try {
    const history = openHistory(stage, stack);
    const before = await measuredBefore(stage, options, history, wanted);
    await history.standListed();
    await history.stand(wanted);
    const after = await measureAll(stage, options, history);
    await history.settle();
    stage.say('checking');
    const check = await checkThatAllAgree(stage, stack, after.replayed, wanted);
    return { name: 'history', before, after, compared: compare(before, after), check };
  } finally {
    await stack.close();
  }
}

async function measuredBefore(
  stage: Stage,
  options: RunOptions,
  history: History,
  wanted: number,
): Promise<MeasuredAll> {
  const file = join(stage.home, 'data/bench-history.json');
  const standing = await history.count();
  const kept = await readJson<MeasuredAll>(file);
  // Fewer orders than then: the tables were emptied meanwhile.
  if (kept !== undefined && kept.orders <= standing) {
    stage.say(`measured with ${kept.orders.toLocaleString('en')} orders at ${kept.measuredAt}`);
    return kept;
  }
  if (standing > wanted * BEGINNING)
    throw new SetupError(
      `${standing} orders stand already, and nobody measured before`,
      'a stack of its own (TW_HOME), or more with --orders',
    );
  await history.standListed();
  const measured = await measureAll(stage, options, history);
  await writeJson(file, measured);
  return measured;
}

/** As one table for people. */
export function historyTable({ before, after, check }: HistoryReport): string {
  const { head, rows } = comparisonRows(before, after);
  const { firstQuarter, lastQuarter, events } = after.replayed;
  const quarters =
    firstQuarter === undefined || lastQuarter === undefined
      ? []
      : [
          `of the ${events.toLocaleString('en')} events that were replayed the first quarter went at ${firstQuarter.toFixed(0)}/s, the last at ${lastQuarter.toFixed(0)}/s`,
        ];
  const machine = Object.entries(after.machine).map(([name, value]) => `${name} ${value}`);
  return [
    `history (before: ${before.measuredAt}, after: ${after.measuredAt})`,
    textTable(head, rows),
    ...quarters,
    `check: ${check}`,
    `machine: ${machine.join(', ')}`,
  ].join('\n');
}
