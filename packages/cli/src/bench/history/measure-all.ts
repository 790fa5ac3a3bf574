import type { Stage } from '#bench/benchmark.ts';
import { type Figure, figureOf, type Figures } from '#bench/history/figures.ts';
import { readLists } from '#bench/history/read-lists.ts';
import { type Replayed, replayOnce } from '#bench/history/replay-rate.ts';
import type { History } from '#bench/history/stand.ts';
import { orders } from '#bench/orders.ts';
import { type Report, runBenchmark, type RunOptions } from '#bench/run-benchmark.ts';

export interface MeasuredAll extends Figures {
  readonly replayed: Replayed;
  readonly machine: Report['machine'];
}

const READ_IDS = 1_000;

/** Everything whose cost might grow with history, once. */
export async function measureAll(stage: Stage, options: RunOptions, history: History): Promise<MeasuredAll> {
  await history.settle();
  const standing = await history.count();
  stage.say(`measuring with ${standing.toLocaleString('en')} orders`);
  const lists = await readLists(stage, options, await history.someOrders(READ_IDS));
  const replays: Replayed[] = [];
  for (let run = 1; run <= options.runs; run++) {
    const replayed = await replayOnce(stage);
    if (replayed.rows !== standing)
      throw new Error(`${standing} orders stand, and a replay makes ${replayed.rows} of them`);
    stage.say(`replay ${run}/${options.runs}: ${replayed.events} events, ${replayed.rate.toFixed(0)}/s`);
    replays.push(replayed);
  }
  // The last one, as it leaves orders that expire later.
  const report = await runBenchmark(orders, stage, options);
  const rate = figureOf(
    'replay of orders_by_customer',
    'events/s',
    replays.map((one) => one.rate),
  );
  const median = replays.find((one) => one.rate === rate.value)!;
  return {
    orders: standing,
    measuredAt: new Date().toISOString(),
    figures: [...ordersFigures(report), ...lists, rate],
    replayed: median,
    machine: report.machine,
  };
}

function ordersFigures({ rate, runs, cpuMsPerUnit }: Report): Figure[] {
  const what = 'POST /orders, 64 clients';
  const total = Object.values(cpuMsPerUnit).reduce((sum, one) => sum + one, 0);
  const latency = (of: 'p50' | 'p95') => runs.flatMap((run) => run[of] ?? []);
  return [
    { what, unit: 'orders/s', value: rate.median, min: rate.min, max: rate.max },
    figureOf(what, 'p50 ms', latency('p50')),
    figureOf(what, 'p95 ms', latency('p95')),
    figureOf(what, 'CPU ms', [total]),
    ...['postgres', 'order', 'inventory'].map((name) =>
      figureOf(`${what}: ${name}`, 'CPU ms', [cpuMsPerUnit[name] ?? 0]),
    ),
  ];
}
