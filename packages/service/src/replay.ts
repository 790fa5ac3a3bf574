import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import type { ProjectionStores, StoreKind } from '@tradewind/outbox/projection-store.ts';
import { rebuild, RebuildRunning, type RebuildReport } from '@tradewind/outbox/rebuild.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import { armFailpoint } from '@tradewind/outbox/failpoints.ts';
import { z } from 'zod';
import { checkProjections } from './check-projections.ts';
import { readConfig, storeAddresses } from './config.ts';
import { decodeAny } from './decode-any.ts';
import { createLogger } from './logger.ts';

const config = z.object({
  DATABASE_URL: z.url(),
  DATABASE_SYSTEM_URL: z.url(),
  /** A new version of a projection is a new table; only a check needs none. */
  DATABASE_OWNER_URL: z.url().optional(),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  SCHEMA_REGISTRY_URL: z.url(),
  SCHEMA_CACHE_FILE: z.string().optional(),
  TW_FAILPOINT: z.string().optional(),
  ...storeAddresses,
});

const usage = `usage: node replay.ts PROJECTION [--verify] [--store STORE] [--from EPOCH_MS | TOPIC:PARTITION=OFFSET,…]
       node replay.ts --check
       node replay.ts --rows PROJECTION
`;

/** Exit codes: 0 switched, 1 mismatch (nothing switched), 2 wrong arguments, 3 another replay is running. */
const MISMATCH = 1;
const USAGE = 2;
const BUSY = 3;

/**
 * The command line of a service's `src/replay.ts`. Progress goes to stdout as JSON lines, the last of which is the report,
 * so that `tw replay` and Kubernetes jobs can both show it. Only projections are reachable from here: no handler, no
 * client, no side effect.
 */
export async function runReplay(
  service: string,
  projections: readonly Projection[],
  env: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<number> {
  if (args[0] === '--check') return runCheck(service, projections, env);
  if (args[0] === '--rows') return runRows(service, projections, env, args[1]);
  const valued = ['--from', '--store'];
  const name = args.find(
    (argument, at) => !argument.startsWith('--') && !valued.includes(args[at - 1] ?? ''),
  );
  const store = args.includes('--store') ? storeKind(args[args.indexOf('--store') + 1]) : undefined;
  const projection = projections.find((one) => one.name === name);
  const from = args.includes('--from') ? startOf(args[args.indexOf('--from') + 1] ?? '') : undefined;
  if (!projection || from === 'wrong' || store === 'unknown') {
    process.stderr.write(
      `${usage}projections of ${service}: ${projections.map((one) => one.name).join(', ')}\n`,
    );
    return USAGE;
  }
  if (store !== undefined && store !== 'postgres' && store !== projection.store?.kind) {
    process.stderr.write(`${projection.name} can't stand in ${store}: it has no layout for it\n`);
    return USAGE;
  }
  if (from !== undefined && !projection.parity) {
    process.stderr.write(
      `${projection.name} has no source to compare with: a part of its events would go live unchecked\n`,
    );
    return USAGE;
  }
  const settings = readConfig(config.required({ DATABASE_OWNER_URL: true }), env);
  armFailpoint(settings.TW_FAILPOINT);
  const log = createLogger(`${service}:replay`, 'warn');
  const db = openDatabase({ url: settings.DATABASE_URL, name: `${service}:replay`, byIndex: true });
  const systemDb = openDatabase({
    url: settings.DATABASE_SYSTEM_URL,
    name: `${service}:replay`,
    maxConnections: 2,
  });
  const schemas = createSchemaRegistry({
    url: settings.SCHEMA_REGISTRY_URL,
    ...(settings.SCHEMA_CACHE_FILE ? { cacheFile: settings.SCHEMA_CACHE_FILE } : {}),
  });
  const broker = createKafkaBroker({ clientId: `${service}:replay`, brokers: settings.KAFKA_BROKERS, log });
  const stores = openStores(service, settings, { systemDb });
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('interrupted; run it again to resume')));
  process.once('SIGTERM', () => abort.abort(new Error('stopped; run it again to resume')));
  try {
    const report = await rebuild({
      service,
      projection,
      broker,
      brokerLog: broker,
      db,
      systemDb,
      ownerUrl: settings.DATABASE_OWNER_URL,
      stores,
      ...(store === undefined ? {} : { store }),
      decode: decodeAny(schemas, settings.SCHEMA_REGISTRY_URL),
      // A part of the events rarely makes a whole view.
      verify: args.includes('--verify') || from !== undefined,
      ...(from === undefined ? {} : { from }),
      onProgress: print,
      signal: abort.signal,
    });
    print(report);
    return report.mismatches.length > 0 && !report.switched ? MISMATCH : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof RebuildRunning ? BUSY : MISMATCH;
  } finally {
    await broker.close();
    await Promise.all([db.close(), systemDb.close(), stores.close()]);
  }
}

/** `--check`: does each live projection equal its source? For `tw reconcile` (I8). */
async function runCheck(
  service: string,
  projections: readonly Projection[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return withStores(service, env, async (systemDb, stores) =>
    (await checkProjections(projections, systemDb, print, stores)) ? 0 : MISMATCH,
  );
}

/** `--rows`: the live version's rows of all tenants as JSON lines, wherever they stand. */
async function runRows(
  service: string,
  projections: readonly Projection[],
  env: NodeJS.ProcessEnv,
  name: string | undefined,
): Promise<number> {
  const projection = projections.find((one) => one.name === name);
  if (projection === undefined) return USAGE;
  return withStores(service, env, async (systemDb, stores) => {
    const { version, store } = await liveVersion(systemDb, projection.name);
    for await (const rows of (await stores.open(store)).scan(projection, version)) rows.forEach(print);
    return 0;
  });
}

async function withStores(
  service: string,
  env: NodeJS.ProcessEnv,
  work: (systemDb: Database, stores: ProjectionStores) => Promise<number>,
): Promise<number> {
  const settings = readConfig(config, env);
  const url = settings.DATABASE_SYSTEM_URL;
  // One reads the rows to compare while another one compares.
  const systemDb = openDatabase({ url, name: `${service}:check`, maxConnections: 2 });
  const stores = openStores(service, settings, { systemDb });
  try {
    return await work(systemDb, stores);
  } finally {
    await Promise.all([systemDb.close(), stores.close()]);
  }
}

const KINDS: readonly string[] = ['postgres', 'cassandra', 'opensearch', 'redis', 'redis+cassandra'];

const storeKind = (text = ''): StoreKind | 'unknown' =>
  KINDS.includes(text) ? (text as StoreKind) : 'unknown';

/** `--from`: epoch ms, or an offset for each partition that is not read from its start. */
function startOf(text: string): number | Map<string, bigint> | 'wrong' {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const offsets = new Map<string, bigint>();
  for (const part of text.split(',')) {
    const [, topic, partition, offset] = /^([\w.-]+):(\d{1,5})=(\d{1,18})$/.exec(part) ?? [];
    if (offset === undefined) return 'wrong';
    offsets.set(`${topic} ${partition}`, BigInt(offset));
  }
  return offsets;
}

function print(value: RebuildReport | object): void {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  process.stdout.write(`${text}\n`);
}
