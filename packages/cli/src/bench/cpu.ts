import { readdirSync, readFileSync } from 'node:fs';
import { liveProcess, readState } from '#supervisor/state.ts';

/** CPU seconds by process name: the stack's processes, each with its children, and this driver. */
export type CpuTimes = ReadonlyMap<string, number>;

/** Clock ticks a second of /proc on Linux. */
const TICKS = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of itself and of its children that ended. */
  readonly ticks: number;
}

export async function cpuTimes(home: string): Promise<CpuTimes> {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)));
  const children = Map.groupBy(stats, ({ parent }) => parent);
  const own = new Map(stats.map((stat) => [stat.pid, stat]));
  const tree = (pid: number): number =>
    (own.get(pid)?.ticks ?? 0) + (children.get(pid) ?? []).reduce((sum, child) => sum + tree(child.pid), 0);

  const state = await readState(home);
  const times = new Map<string, number>();
  for (const entry of state?.processes ?? []) {
    const live = liveProcess(entry);
    if (live) times.set(entry.name, tree(live.pid) / TICKS);
  }
  times.set('driver', (own.get(process.pid)?.ticks ?? 0) / TICKS);
  return times;
}

function statOf(pid: number): Stat[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and brackets: fields are counted after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const at = (index: number): number => Number(fields[index - 3]);
    return [{ pid, parent: at(4), ticks: at(14) + at(15) + at(16) + at(17) }];
  } catch {
    return [];
  }
}

/** CPU seconds used between two looks. */
export function cpuBetween(before: CpuTimes, after: CpuTimes): Map<string, number> {
  return new Map([...after].map(([name, time]) => [name, Math.max(0, time - (before.get(name) ?? 0))]));
}
