import type { ProjectionSource } from '#declared.ts';
import { certificateFile, writeCertificate } from './certificates.ts';
import { display, type Display } from './display.ts';
import { describeProgress, describeReport, isReport, parseLine, type Report } from './progress.ts';
import { runReplay } from './run.ts';

export interface ReplayAll {
  readonly home: string;
  readonly projections: readonly ProjectionSource[];
  /** For the service's program, after the projection's name. */
  readonly args: readonly string[];
  readonly modest: boolean;
  /** How many run at once. */
  readonly atOnce: number;
  /** Instead of a file of its own beside the others. */
  readonly certificate?: string | undefined;
}

/** Replays projections side by side; answers the worst exit code. */
export async function replayAll({ projections, atOnce, ...options }: ReplayAll): Promise<number> {
  const shown = display(projections.map(({ name }) => name));
  const waiting = [...projections];
  let worst = 0;
  async function workOn(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift())
      worst = Math.max(worst, await replayOne(options, next, shown));
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, projections.length) }, workOn));
  shown.end();
  return worst;
}

async function replayOne(
  { home, args, modest, certificate: file }: Omit<ReplayAll, 'projections' | 'atOnce'>,
  { service, name }: ProjectionSource,
  shown: Display,
): Promise<number> {
  let report: Report | undefined;
  const code = await runReplay(home, {
    ...{ service, modest, args: [name, ...args] },
    onLine(line) {
      const value = parseLine(line);
      if (line.startsWith('{"dropped"')) shown.say(describeDropped(name, JSON.parse(line) as Dropped));
      else if (value === undefined) shown.say(line);
      else if (isReport(value)) report = value;
      else shown.progress(name, value.phase, describeProgress(value));
    },
  });
  if (report === undefined) return code;
  shown.say(describeReport(report));
  if (report.certificate) {
    const path = file ?? certificateFile(home, report.certificate);
    await writeCertificate(path, report.certificate);
    shown.say(`certificate (${report.certificate.verdict}): ${path}`);
  }
  return code;
}

interface Dropped {
  readonly dropped: readonly number[];
}

const describeDropped = (name: string, { dropped }: Dropped): string =>
  dropped.length === 0
    ? `${name}: there is no version but the live one`
    : `${name}: removed ${dropped.map((version) => `v${version}`).join(', ')}`;
