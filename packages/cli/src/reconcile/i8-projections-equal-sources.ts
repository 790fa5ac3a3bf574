import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { SetupError } from '@tradewind/native/run.ts';
import { declaredProjections } from '#declared.ts';
import { checkout, places } from '#places.ts';
import { databaseName } from '#stack.ts';
import { readSpecs } from '#supervisor/state.ts';
import type { Invariant, Violation } from './invariant.ts';

/** What `src/replay.ts --check` of a service says of one projection. */
export interface ProjectionCheck {
  readonly projection: string;
  readonly version: number;
  readonly differences: number;
  readonly mismatches: readonly { storeId: string; key: string; source?: string; projection?: string }[];
}

export const projectionsEqualSources: Invariant = {
  id: 'I8',
  title: 'each projection equals its source',
  async check(stack) {
    const services = new Set((await declaredProjections()).map(({ service }) => service));
    const present = [...services].filter((service) => stack.has(databaseName(service)));
    return (await Promise.all(present.map(checkOf))).flat().flatMap(differences);
  },
};

/** Only the service knows how to compare: its own process does, with its environment. */
async function checkOf(service: string): Promise<ProjectionCheck[]> {
  const spec = (await readSpecs(places().home)).find(({ name }) => name === service);
  if (spec === undefined) throw new SetupError(`${service} is not part of this stack`, './tw up');
  const { TW_FAILPOINT: _, ...env } = spec.env;
  const child = spawn(process.execPath, ['src/replay.ts', '--check'], {
    cwd: join(checkout, 'services', service),
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const checks = checksIn(output);
  // 1 = something differs; without a line that says what, the check itself has failed.
  if (code !== 0 && !checks.some(({ differences: count }) => count > 0))
    throw new Error(`the projections of ${service} could not be checked: ${errors.trim()}`);
  return checks;
}

export const checksIn = (output: string): ProjectionCheck[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as ProjectionCheck);

export function differences({
  projection,
  version,
  differences: all,
  mismatches,
}: ProjectionCheck): Violation[] {
  const told = mismatches.map((one) => ({
    subject: `${projection} ${one.storeId} ${one.key}`,
    what: `source: ${one.source ?? 'nothing'}; projection v${version}: ${one.projection ?? 'nothing'}`,
  }));
  const rest = all - told.length;
  return rest > 0 ? [...told, { subject: projection, what: `${rest} more rows differ` }] : told;
}
