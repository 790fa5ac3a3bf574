import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { checkout, places } from '#places.ts';
import { isFree, portTable } from '#ports.ts';
import type { Stage } from './suite.ts';

const FIRST_BASE = 10_000;
const LAST_BASE = 44_000;
const STEP = 1_000;

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
  /** Ends the command that is running, if any; those asked for later don't start. */
  abort(): void;
  readonly aborted: boolean;
}

/** A TW_HOME and ports of the run's own, under the caller's TW_HOME. */
export async function createStage(): Promise<OwnStage> {
  const { home: callers, cache } = places();
  const home = join(callers, `test-${process.pid}`);
  await mkdir(join(home, 'logs'), { recursive: true });
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !/^TW_/.test(name),
  );
  const env = {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PATH: [join(checkout, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(
      delimiter,
    ),
    TW_HOME: home,
    TW_CACHE: cache,
    TW_PORT_BASE: String(await freePortBase()),
    TW_TEST_ENDPOINTS: join(home, 'endpoints.json'),
    TURBO_TELEMETRY_DISABLED: '1',
    NO_COLOR: '1',
  };
  let running: ChildProcess | undefined;
  let aborted = false;

  return {
    home,
    env,
    get aborted() {
      return aborted;
    },
    abort() {
      aborted = true;
      running?.kill('SIGTERM');
    },
    async run(log, command, args) {
      const file = await open(log, 'a');
      try {
        return await new Promise<number>((resolve) => {
          running = spawn(command, args, { cwd: checkout, env, stdio: ['ignore', file.fd, file.fd] });
          running.once(
            'error',
            (error) => void file.write(`${command}: ${error.message}\n`).then(() => resolve(127)),
          );
          running.once('close', (code) => resolve(code ?? 1));
        });
      } finally {
        running = undefined;
        await file.close();
      }
    },
  };
}
