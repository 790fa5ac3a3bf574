import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { checkout, places } from '#places.ts';
import { isFree, portTable } from '#ports.ts';
import type { Stage } from './suite.ts';

/**
 * With these every port of the table lies outside of 32768–60999, from which Linux takes the near ends of outgoing
 * connections: a test's client can't sit on a port that a server is about to open.
 */
const FIRST_BASE = 11_000;
const LAST_BASE = 13_600;
const STEP = 100;
/** A command that takes longer hangs. */
const LONGEST_MS = 900_000;
const LONGEST_OF_LONG_MS = 6 * 3_600_000;
/** To each service, where the fuzz suite is to search for long. */
const LONG_REQUESTS = 200_000;

export interface Thoroughness {
  /** The fuzz suite searches for an hour and more, not for minutes; chaos plays every round of the crash matrix. */
  readonly long: boolean;
  /** Of the fuzz suite; its own where left out. */
  readonly seed?: string | undefined;
}

/** A port base whose ports are all free, so that a stack that is running here is not touched. */
async function freePortBase(): Promise<number> {
  // Two runs that start together look at different places first.
  const bases = (LAST_BASE - FIRST_BASE) / STEP + 1;
  for (let n = 0; n < bases; n++) {
    const base = FIRST_BASE + ((process.pid + n) % bases) * STEP;
    const free = await Promise.all(Object.values(portTable(String(base))).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`no TW_PORT_BASE from ${FIRST_BASE} to ${LAST_BASE} has all its ports free`);
}

export interface OwnStage extends Stage {
  /** Ends the command that is running, if any. */
  abort(): void;
  readonly aborted: boolean;
}

/** A folder and ports of the run's own, under the caller's TW_HOME. */
export async function createStage({ long, seed }: Thoroughness): Promise<OwnStage> {
  const { home: callers, cache } = places();
  const home = join(callers, `test-${process.pid}`);
  const stackHome = join(home, 'stack');
  await mkdir(join(home, 'logs'), { recursive: true });
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !name.startsWith('TW_'),
  );
  const env = {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PATH: [join(checkout, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(
      delimiter,
    ),
    TW_HOME: stackHome,
    TW_CACHE: cache,
    TW_PORT_BASE: String(await freePortBase()),
    TW_TEST_ENDPOINTS: join(stackHome, 'endpoints.json'),
    ...(long ? { TW_FUZZ_REQUESTS: String(LONG_REQUESTS), TW_CHAOS_LONG: '1' } : {}),
    ...(seed === undefined ? {} : { TW_FUZZ_SEED: seed }),
    TURBO_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
  };
  let running: ChildProcess | undefined;
  let aborted = false;

  /** The command and what it has started, by its process group. */
  function end(): void {
    if (running?.pid === undefined || running.exitCode !== null) return;
    process.kill(-running.pid, 'SIGTERM');
  }

  return {
    home,
    stackHome,
    env,
    get aborted() {
      return aborted;
    },
    abort() {
      // A second signal must not cut short what cleans up after the first.
      if (aborted) return;
      aborted = true;
      end();
    },
    async run(log, command, args) {
      const file = await open(log, 'a');
      let timer: NodeJS.Timeout | undefined;
      try {
        return await new Promise<number>((resolve) => {
          // In a group of its own: a Ctrl-C at the terminal reaches this process only, which then ends it as a whole.
          const stdio: StdioOptions = ['ignore', file.fd, file.fd];
          running = spawn(command, args, { cwd: checkout, env, detached: true, stdio });
          running.once('error', (error) => {
            void file.write(`${command}: ${error.message}\n`).then(() => resolve(127));
          });
          timer = setTimeout(end, long ? LONGEST_OF_LONG_MS : LONGEST_MS);
          running.once('close', (code) => resolve(code ?? 1));
        });
      } finally {
        clearTimeout(timer);
        running = undefined;
        await file.close();
      }
    },
  };
}
