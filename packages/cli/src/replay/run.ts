import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from '@tradewind/native/run.ts';
import { checkout } from '#places.ts';
import { databaseName } from '#stack.ts';
import { readSpecs } from '#supervisor/state.ts';
import type { Endpoints } from '#up/endpoints.ts';
import { describeProgress, describeReport, isReport, parseLine, type Progress } from './progress.ts';

const LINE_MS = 2_000;

/**
 * Runs a service's own replay, in a process of its own, with the service's environment and the owner's connection.
 * Answers its exit code: 0 switched, 1 mismatch or failed, 3 another replay is running.
 */
export async function runReplay(
  home: string,
  endpoints: Endpoints,
  service: string,
  args: readonly string[],
): Promise<number> {
  const spec = (await readSpecs(home)).find(({ name }) => name === service);
  const ownerUrl = endpoints.postgres.databases[databaseName(service)]?.ownerUrl;
  if (spec === undefined || ownerUrl === undefined)
    throw new SetupError(`${service} is not part of this stack`, './tw up');
  const knobs = Object.entries(process.env).filter(([name]) => name.startsWith('TW_'));
  const { TW_FAILPOINT: _, ...environment } = spec.env;
  const child = spawn(process.execPath, [join(checkout, 'services', service, 'src/replay.ts'), ...args], {
    cwd: join(checkout, 'services', service),
    env: { ...environment, ...Object.fromEntries(knobs), DATABASE_OWNER_URL: ownerUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A ctrl-C reaches the child by itself; it ends cleanly, and so do we, by its exit code.
  const stop = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const show = progressLine();
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const value = parseLine(line);
    if (value === undefined) console.log(line);
    else if (isReport(value)) console.log(`${show.end()}${describeReport(value)}`);
    else show.next(value);
  }
  const code = await ended;
  process.stdout.write(show.end());
  process.off('SIGINT', stop).off('SIGTERM', stop);
  return code;
}

/** One line that changes on a terminal; elsewhere a new line, at most every two seconds. */
function progressLine() {
  const terminal = process.stdout.isTTY;
  let at = 0;
  let phase = '';
  let open = false;
  return {
    next(progress: Progress): void {
      const text = describeProgress(progress);
      if (terminal) {
        process.stdout.write(`\r\x1b[2K${text}`);
        open = true;
        return;
      }
      if (progress.phase === phase && Date.now() - at < LINE_MS) return;
      at = Date.now();
      phase = progress.phase;
      console.log(text);
    },
    /** What ends an unfinished line. */
    end(): string {
      const text = open ? '\n' : '';
      open = false;
      return text;
    },
  };
}
