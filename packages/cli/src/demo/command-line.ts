import { which } from '@tradewind/native/find.ts';
import { run, SetupError } from '@tradewind/native/run.ts';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that goes on printing lines until it is ended. */
export interface Reading {
  readonly lines: readonly string[];
  end(): void;
}

/** @throws SetupError that says which package brings it */
function programOf(name: string, debianPackage: string): string {
  const found = which(name);
  if (found === undefined) throw new SetupError(`${name} is missing`, `apt-get install ${debianPackage}`);
  return found;
}

export function curl(args: readonly string[]): Reading {
  const child = spawn(programOf('curl', 'curl'), ['-sN', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line));
  return { lines, end: () => void child.kill() };
}

export async function mosquittoPub(args: readonly string[]): Promise<void> {
  await run(programOf('mosquitto_pub', 'mosquitto-clients'), [...args]);
}
