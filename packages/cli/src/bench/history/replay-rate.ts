import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migrate } from '@tradewind/postgres/migrate.ts';
import type { Stage } from '#bench/benchmark.ts';
import { makeScratch } from '#bench/scratch.ts';
import { checkout } from '#places.ts';
import { isReport, parseLine, type Report } from '#replay/progress.ts';
import { readSpecs } from '#supervisor/state.ts';

export interface Replayed {
  readonly events: number;
  readonly rows: number;
  /** Events a second, over all. */
  readonly rate: number;
  /** Of the first and the last quarter of the events: what the rows that stand already cost. */
  readonly firstQuarter: number | undefined;
  readonly lastQuarter: number | undefined;
}

/**
 * The service's own replay of orders_by_customer from the real topic, into a database of the benchmark's own: it leaves
 * nothing behind, and no version that somebody keeps for a rollback has to go. Stopped at a time, it compares nothing and
 * moves no group.
 */
export async function replayOnce(stage: Stage): Promise<Replayed> {
  const scratch = await makeScratch(stage, 'history');
  try {
    const dir = join(checkout, 'services/order/migrations');
    await migrate({ ownerUrl: scratch.url, folders: [{ name: 'order', dir }] });
    const seen: { at: number; done: number; total: number }[] = [];
    const report = await replayInto(scratch.url, stage.home, (done, total) =>
      seen.push({ at: performance.now(), done, total }),
    );
    const [row] = await scratch.query<{ n: string }>(
      `select count(*) as n from orders_by_customer_v${report.version}`,
    );
    return {
      events: report.events,
      rows: Number(row?.n),
      rate: report.events / report.seconds,
      firstQuarter: rateBetween(seen, 0, 0.25),
      lastQuarter: rateBetween(seen, 0.75, 1),
    };
  } finally {
    await scratch.drop();
  }
}

interface Seen {
  readonly at: number;
  readonly done: number;
  readonly total: number;
}

/** So long it has to take to be told: progress is told every 250 ms. */
const TELLING_MS = 2_000;

/** Pure. Undefined where it went too fast to tell. */
export function rateBetween(seen: readonly Seen[], from: number, to: number): number | undefined {
  const first = seen.findLast(({ done, total }) => done <= total * from);
  const last = seen.find(({ done, total }) => done >= total * to);
  if (first === undefined || last === undefined || last.at - first.at < TELLING_MS) return undefined;
  return ((last.done - first.done) * 1_000) / (last.at - first.at);
}

async function replayInto(
  url: string,
  home: string,
  onProgress: (done: number, total: number) => void,
): Promise<Report> {
  const spec = (await readSpecs(home)).find(({ name }) => name === 'order');
  if (spec === undefined) throw new Error('order is not part of this stack');
  const { TW_FAILPOINT: _, ...env } = spec.env;
  const folder = join(checkout, 'services/order');
  const args = ['orders_by_customer', '--full-speed', '--store', 'postgres', '--until', String(Date.now())];
  const child = spawn(process.execPath, [join(folder, 'src/replay.ts'), ...args], {
    cwd: folder,
    env: { ...env, DATABASE_URL: url, DATABASE_SYSTEM_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  let report: Report | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const told = parseLine(line);
    if (told === undefined) continue;
    if (isReport(told)) report = told;
    else if (told.phase === 'reading') onProgress(told.done, told.total);
  }
  const code = await ended;
  if (report === undefined || code !== 0) throw new Error(`the replay ended with ${code}`);
  return report;
}
