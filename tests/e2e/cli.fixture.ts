import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkout, home } from './stack.fixture.ts';

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs one `tw` command against the running stack. */
export function tw(...args: string[]): Promise<Ran> {
  return twWith({}, ...args);
}

export function twWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(checkout, 'packages/cli/src/main.ts'), ...args], {
      cwd: checkout,
      env: { ...process.env, TW_HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (part: Buffer) => (output += part.toString()));
    child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output, errors }));
  });
}

/** Runs a test with one process of the stack stopped; it is up again afterwards, whatever happens. */
export async function without(name: string, work: () => Promise<void>): Promise<void> {
  const stopped = await tw('stop', name);
  if (stopped.code !== 0) throw new Error(`tw stop ${name}: ${stopped.errors}`);
  const worked = await work().then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const started = await tw('start', name);
  if (worked) throw worked.error;
  if (started.code !== 0) throw new Error(`tw start ${name}: ${started.errors}`);
}
