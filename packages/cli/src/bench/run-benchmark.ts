import { arch, cpus, loadavg, totalmem } from 'node:os';
import type { Benchmark, Measured, Stage } from '#bench/benchmark.ts';
import { cpuBetween, cpuTimes } from '#bench/cpu.ts';

export interface RunOptions {
  readonly runs: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export interface Report {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly target: string;
  readonly runs: readonly Measured[];
  /** Units a second: of the median run, and the slowest and fastest. */
  readonly rate: { readonly median: number; readonly min: number; readonly max: number };
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly extra: Readonly<Record<string, string | number>>;
  /** CPU milliseconds per unit, by process, over all runs. */
  readonly cpuMsPerUnit: Readonly<Record<string, number>>;
  readonly check: string;
  readonly machine: Readonly<Record<string, string | number>>;
}

/** Warm-up, some runs, the sanity check, and one report. The median run is the one that is quoted. */
export async function runBenchmark(benchmark: Benchmark, stage: Stage, options: RunOptions): Promise<Report> {
  stage.say(`${benchmark.name}: preparing`);
  const load = await benchmark.prepare(stage);
  try {
    stage.say('warm-up');
    await load.run(options.warmUpSeconds);
    const before = await cpuTimes(stage.home);
    const runs: Measured[] = [];
    for (let run = 1; run <= options.runs; run++) {
      const measured = await load.run(options.seconds);
      runs.push(measured);
      stage.say(`run ${run}/${options.runs}: ${rateOf(measured).toFixed(0)} ${benchmark.unit}/s`);
    }
    const cpu = cpuBetween(before, await cpuTimes(stage.home));
    stage.say('checking');
    const check = await load.check();
    const byRate = [...runs].sort((a, b) => rateOf(a) - rateOf(b));
    const median = byRate[byRate.length >> 1]!;
    const units = runs.reduce((sum, { done, besides = 0 }) => sum + done + besides, 0);
    const { p50, p95, p99 } = median;
    return {
      name: benchmark.name,
      what: benchmark.what,
      unit: benchmark.unit,
      target: benchmark.target,
      runs,
      rate: { median: rateOf(median), min: rateOf(byRate[0]!), max: rateOf(byRate.at(-1)!) },
      ...(p50 === undefined ? {} : { p50 }),
      ...(p95 === undefined ? {} : { p95 }),
      ...(p99 === undefined ? {} : { p99 }),
      extra: median.extra ?? {},
      cpuMsPerUnit: Object.fromEntries(
        [...cpu]
          .filter(([, seconds]) => seconds > 0)
          .map(([name, seconds]) => [name, (seconds * 1_000) / units]),
      ),
      check,
      machine: {
        cpu: cpus()[0]?.model ?? arch(),
        cores: cpus().length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        node: process.version,
        load1: Number(loadavg()[0]?.toFixed(2)),
      },
    };
  } finally {
    await load.close();
  }
}

const rateOf = ({ done, seconds }: Measured): number => done / seconds;
