import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from './logger.ts';

export interface ReplayRunnerOptions {
  readonly systemDb: Database;
  readonly log: Logger;
  /** The service's `replay.ts`. */
  readonly program?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const EVERY_MS = 1_000;

// One whose process has died is heard of no more, and is taken up where it was.
const claim = `
  update replays set state = 'running', heartbeat_at = now() where id = (
    select id from replays
    where managed and not stop_wanted
      and (state = 'requested' or (state = 'running' and heartbeat_at < now() - interval '15 seconds'))
    order by requested_at limit 1 for update skip locked)
  returning id, projection`;

/** Beside the program that runs: `replay.ts` beside `main.ts`, `replay.js` beside `main.js`. */
const besideMain = (main = process.argv[1] ?? ''): string => join(dirname(main), `replay${extname(main)}`);

/**
 * Carries out the replays that operators ask for over REST, each in a process of its own and of low priority: reading the log anew takes
 * a core, which live requests must not miss.
 */
export function replayRunner({ systemDb, log, program, env = process.env }: ReplayRunnerOptions): Periodic {
  const children = new Set<ChildProcess>();

  function run(id: string, projection: string): void {
    const child = spawn(process.execPath, [program ?? besideMain(), '--run', id], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.add(child);
    child.once('spawn', () => {
      log.info({ replayId: id, projection }, 'replay runs');
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    });
    child.once('error', (error) =>
      log.error({ replayId: id, error: String(error) }, 'replay could not be run'),
    );
    child.once('close', (code) => {
      children.delete(child);
      log.info({ replayId: id, projection, code }, 'replay ended');
    });
  }

  const loop = periodically({
    ...{ name: 'replays', everyMs: EVERY_MS, log },
    async round() {
      const rows = await systemDb.transaction('', (tx) =>
        tx.query<{ id: string; projection: string }>(claim),
      );
      for (const { id, projection } of rows) run(id, projection);
    },
  });

  return {
    ...loop,
    async stop() {
      await loop.stop();
      await Promise.all(
        [...children].map((child) => {
          const closed = new Promise((resolve) => child.once('close', resolve));
          child.kill('SIGTERM');
          return closed;
        }),
      );
    },
  };
}
