import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from '@tradewind/native/run.ts';
import { checkout } from '#places.ts';
import { databaseName } from '#stack.ts';
import { readSpecs } from '#supervisor/state.ts';
import { readEndpoints } from '#up/endpoints.ts';

export interface ServiceReplay {
  readonly service: string;
  readonly args: readonly string[];
  /** Gives way to everything else on this machine. */
  readonly modest: boolean;
  onLine(line: string): void;
  started?(pid: number): void;
}

/**
 * Runs a service's own replay, in a process of its own, with the service's environment. Answers its exit code: 0 done, 1 mismatch or failed,
 * 2 wrong arguments, 3 another replay is running.
 */
export async function runReplay(home: string, replay: ServiceReplay): Promise<number> {
  const { service, args, modest, onLine, started } = replay;
  const spec = (await readSpecs(home)).find(({ name }) => name === service);
  if (spec === undefined) throw new SetupError(`${service} is not part of this stack`, './tw up');
  const knobs = Object.entries(process.env).filter(([name]) => name.startsWith('TW_'));
  const { TW_FAILPOINT: _, ...environment } = spec.env;
  const endpoints = await readEndpoints(home);
  // Versions of windows are tables, which only their owner makes.
  const owner = endpoints?.postgres.databases[databaseName(service)]?.ownerUrl;
  const child = spawn(process.execPath, [join(checkout, 'services', service, 'src/replay.ts'), ...args], {
    cwd: join(checkout, 'services', service),
    env: {
      ...environment,
      ...(owner === undefined ? {} : { DATABASE_OWNER_URL: owner }),
      ...Object.fromEntries(knobs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.once('spawn', () => {
    if (modest) setPriority(child.pid!, constants.priority.PRIORITY_BELOW_NORMAL);
    started?.(child.pid!);
  });
  // A ctrl-C reaches the child by itself; it ends cleanly, and so do we, by its exit code.
  const stop = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    for await (const line of createInterface({ input: child.stdout })) onLine(line);
    return await ended;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
