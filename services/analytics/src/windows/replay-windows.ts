import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { armFailpoint } from '@tradewind/outbox/failpoints.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { RebuildRunning } from '@tradewind/outbox/rebuild.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { readConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { replayConfig } from '#replay-config.ts';
import { keysAgree } from './compare-builds.ts';
import { rebuildWindows } from './rebuild.ts';

/** As the replay of every service: 1 mismatch (nothing switched), 2 wrong arguments, 3 another one is running. */
const MISMATCH = 1;
const USAGE = 2;
const BUSY = 3;

const { name } = revenueWindows;

const print = (value: object): void => {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  process.stdout.write(`${text}\n`);
};

/** Rebuilds the windows from the log and switches to them. No handler and no client is reachable from here. */
export async function replayWindows(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<number> {
  if (args.includes('--from')) {
    process.stderr.write(`usage: node replay.ts ${name} [--verify]; sums need every event\n`);
    return USAGE;
  }
  const settings = readConfig(replayConfig.required({ DATABASE_OWNER_URL: true }), env);
  armFailpoint(settings.TW_FAILPOINT);
  const log = createLogger('analytics:replay', 'warn');
  const db = openDatabase({ url: settings.DATABASE_URL, name: 'analytics:replay', byIndex: true });
  const systemDb = openDatabase({
    ...{ url: settings.DATABASE_SYSTEM_URL, name: 'analytics:replay', maxConnections: 2 },
  });
  const schemas = createSchemaRegistry({
    url: settings.SCHEMA_REGISTRY_URL,
    ...(settings.SCHEMA_CACHE_FILE ? { cacheFile: settings.SCHEMA_CACHE_FILE } : {}),
  });
  const broker = createKafkaBroker({ clientId: 'analytics:replay', brokers: settings.KAFKA_BROKERS, log });
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('interrupted; run it again to resume')));
  process.once('SIGTERM', () => abort.abort(new Error('stopped; run it again to resume')));
  try {
    const report = await rebuildWindows({
      ...{ broker, db, systemDb, ownerUrl: settings.DATABASE_OWNER_URL },
      decode: (value) => schemas.decode(value),
      latenessMs: settings.TW_ANALYTICS_LATENESS_MS,
      verify: args.includes('--verify'),
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
    await Promise.all([db.close(), systemDb.close()]);
  }
}

/**
 * `--check`: do the windows of each size hold the money that their own orders do? That these are right is for `tw reconcile`
 * A1 to say: the databases of orders and payments are not this service's to read.
 */
export async function checkWindows(env: NodeJS.ProcessEnv): Promise<number> {
  const { DATABASE_SYSTEM_URL: url } = readConfig(replayConfig, env);
  const systemDb = openDatabase({ url, name: 'analytics:check', maxConnections: 1 });
  try {
    const [{ version }, mismatches] = await Promise.all([
      liveVersion(systemDb, name),
      keysAgree(systemDb, name),
    ]);
    print({ projection: name, version, differences: mismatches.length, mismatches });
    return mismatches.length > 0 ? MISMATCH : 0;
  } finally {
    await systemDb.close();
  }
}
