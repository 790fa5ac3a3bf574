import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tw } from '../e2e/cli.fixture.ts';

export interface Verdict {
  readonly outcome: string;
  readonly acknowledged: { readonly orders: number; readonly payments: number };
  readonly faults: Readonly<Record<string, number>>;
  readonly void: readonly string[];
  readonly violations: readonly object[];
  readonly files: string;
}

/** Another one each time: a failure tells the seed with which it comes again. */
export const randomSeed = (): string => String(Math.floor(Math.random() * 1_000_000));

/** Runs a scenario against the stack that is up. */
export async function chaos(
  name: string,
  seed: string,
  ...args: string[]
): Promise<{ verdict: Verdict; log: string; code: number }> {
  const { code, output, errors } = await tw('chaos', name, '--seed', seed, '--json', ...args);
  if (output === '') throw new Error(`seed ${seed}: no verdict, exit code ${code}\n${errors}`);
  return { verdict: JSON.parse(output) as Verdict, log: errors, code };
}

/** Lines of one of the run's files. */
export function linesOf<T>({ files }: Verdict, name: string): T[] {
  const lines = readFileSync(join(files, name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}
