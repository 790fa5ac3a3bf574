import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '@tradewind/native/run.ts';
import type { Supervisor } from '#supervisor/client.ts';
import { logFile } from '#supervisor/log-file.ts';

const POLL_MS = 100;
/** One that has been started this often without serving will not come up by itself. */
const MAX_STARTS = 4;

/** Waits until the named processes serve; SetupError with the end of the log of the one that does not. */
export async function waitReady(
  supervisor: Supervisor,
  home: string,
  names: readonly string[],
  ms: number,
): Promise<void> {
  const before = new Map((await supervisor({ op: 'state' })).processes.map((it) => [it.name, it.restarts]));
  for (const deadline = Date.now() + ms; ; await pause(POLL_MS)) {
    const { processes } = await supervisor({ op: 'state' });
    const open = processes.filter((it) => names.includes(it.name) && !it.ready);
    if (open.length === 0) return;
    const failed = open.find((it) => it.restarts - (before.get(it.name) ?? 0) >= MAX_STARTS) ?? open[0];
    const hopeless = failed !== undefined && failed.restarts - (before.get(failed.name) ?? 0) >= MAX_STARTS;
    if (failed === undefined || (!hopeless && Date.now() < deadline)) continue;
    const end = await lastLines(logFile(home, failed.name));
    throw new SetupError(`${failed.name} is not ready\n${end}`, `./tw logs ${failed.name}`);
  }
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-8).join('\n');
}
