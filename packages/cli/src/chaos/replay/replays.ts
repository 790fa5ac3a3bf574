import { setTimeout as pause } from 'node:timers/promises';
import type { Broken } from '#chaos/checks.ts';
import { onInterrupt } from '#chaos/interruption.ts';
import type { Scene } from '#chaos/scene.ts';
import type { ProjectionSource } from '#declared.ts';
import { isReport, parseLine, type Progress, type Report } from '#replay/progress.ts';
import { runReplay } from '#replay/run.ts';

export interface Replayed {
  readonly replays: number;
  readonly events: number;
  readonly kills: number;
  readonly resumed: number;
  readonly violations: readonly Broken[];
}

interface One {
  readonly code: number;
  readonly report: Report | undefined;
  readonly first: Progress | undefined;
}

const BUSY = 3;
const LOCK_MS = 30_000;
const POLL_MS = 250;

/** So slow that it is surely in the middle when it is killed. */
const SLOW = ['--rate', '200'];

async function one(
  { home }: Scene,
  { service, name }: ProjectionSource,
  args: readonly string[],
  killInTheMiddle = false,
): Promise<One> {
  let report: Report | undefined;
  let first: Progress | undefined;
  let pid: number | undefined;
  const running = runReplay(home, {
    ...{ service, modest: true, args: [name, '--verify', ...args] },
    started: (id) => (pid = id),
    onLine(line) {
      const value = parseLine(line);
      if (value === undefined) return;
      if (isReport(value)) {
        report = value;
        return;
      }
      first ??= value;
      const middle = value.phase === 'reading' && value.done > first.done && value.done < value.total;
      if (killInTheMiddle && middle && pid !== undefined) process.kill(pid, 'SIGKILL');
    },
  });
  // The replay ends by itself; so does everything that would have come after it.
  const release = onInterrupt(() => running);
  const code = await running.finally(release);
  return { code, report, first };
}

function problemsOf({ name }: ProjectionSource, { code, report }: One): Broken[] {
  if (code === 0 && report?.switched) return [];
  const [difference] = report?.mismatches ?? [];
  const what = `exit code ${code}${difference ? `, first difference ${JSON.stringify(difference)}` : ''}`;
  return [{ rule: 'replay', subject: name, what }];
}

/** One that has to end with a switch. */
export const replayed = async (scene: Scene, projection: ProjectionSource): Promise<Broken[]> =>
  problemsOf(projection, await one(scene, projection, []));

/** The lock goes with the dead one's session, which the database notices by itself. */
async function onceFree(run: () => Promise<One>): Promise<One> {
  for (const end = performance.now() + LOCK_MS; ; await pause(POLL_MS)) {
    const made = await run();
    if (made.code !== BUSY || performance.now() > end) return made;
  }
}

/** Replays one projection after the other, over and over, until `end()`; the first one is killed half-way and has to go on. */
export async function replayUntil(
  scene: Scene,
  projections: readonly ProjectionSource[],
  end: () => boolean,
): Promise<Replayed> {
  const [first] = projections;
  if (first === undefined) throw new Error('there is no projection to replay');
  const violations: Broken[] = [];
  let replays = 0;
  let events = 0;
  const done = (projection: ProjectionSource, made: One): void => {
    const problems = problemsOf(projection, made);
    violations.push(...problems);
    if (problems.length > 0) return;
    replays += 1;
    events += made.report?.events ?? 0;
  };
  const killed = await one(scene, first, SLOW, true);
  scene.records.note({ what: 'replay killed', projection: first.name });
  const again = await onceFree(() => one(scene, first, []));
  done(first, again);
  const resumed = again.report?.version === killed.first?.version && (again.first?.done ?? 0) > 0;
  for (let turn = 1; turn < projections.length || !end(); turn++) {
    const next = projections[turn % projections.length]!;
    done(next, await one(scene, next, []));
  }
  return { replays, events, kills: killed.code === 0 ? 0 : 1, resumed: resumed ? 1 : 0, violations };
}
