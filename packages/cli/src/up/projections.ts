import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { SetupError } from '@tradewind/native/run.ts';
import pg from 'pg';
import { declaredProjections, type ProjectionSource } from '#declared.ts';
import { databaseUrl, type Stack } from '#environment.ts';
import { checkout } from '#places.ts';
import { describeProgress, isReport, parseLine } from '#replay/progress.ts';
import type { Service } from '#stack.ts';
import { serviceSpecs } from '#up/services.ts';

/**
 * Replays each projection that stands in another store than this profile wants into the wanted one; reads go to the old version until the
 * new one equals its source. Answers how many were moved. Services may run meanwhile, or not.
 */
export async function settleProjections(
  stack: Stack,
  runnable: readonly Service[],
  say: (line: string) => void,
): Promise<number> {
  const known = await declaredProjections();
  let moved = 0;
  for (const service of runnable) {
    const own = known.filter((it) => it.service === service.name);
    if (own.length === 0) continue;
    const live = await liveStores(stack, service);
    for (const projection of own) {
      const wanted = stack.profile === 'full' ? projection.store : 'postgres';
      const now = live.get(projection.name);
      if (now === undefined || now === wanted) continue;
      await replayInto(stack, runnable, service, projection, wanted, say);
      moved += 1;
    }
  }
  return moved;
}

async function liveStores(stack: Stack, { name }: Service): Promise<ReadonlyMap<string, string>> {
  const client = new pg.Client({ connectionString: databaseUrl(stack, name, 'system') });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; store: string }>(
      `select name, store from projections where state = 'live'`,
    );
    return new Map(rows.map((row) => [row.name, row.store]));
  } finally {
    await client.end();
  }
}

/** The service's own replay, in a process of its own. */
async function replayInto(
  stack: Stack,
  all: readonly Service[],
  service: Service,
  { name }: ProjectionSource,
  store: string,
  say: (line: string) => void,
): Promise<void> {
  const [spec] = await serviceSpecs(stack, [service], process.env, all);
  const args = [join(checkout, service.folder, 'src/replay.ts'), name, '--verify', '--store', store];
  const child = spawn(process.execPath, args, {
    cwd: join(checkout, service.folder),
    env: { ...spec?.env, DATABASE_OWNER_URL: databaseUrl(stack, service.name, 'owner') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
  let differences = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const value = parseLine(line);
    if (value === undefined) continue;
    if (isReport(value)) differences = value.mismatches.length;
    else say(`${name} to ${store}, ${describeProgress(value)}`);
  }
  if ((await ended) === 0) return;
  const [reason] = errors.trim().split('\n');
  const told = differences > 0 ? `${differences} rows would differ from their source` : reason;
  throw new SetupError(`${name} could not be moved to ${store}: ${told}`, `./tw replay ${name} --verify`);
}
