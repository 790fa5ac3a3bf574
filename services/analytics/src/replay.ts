import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { armFailpoint } from '@tradewind/outbox/failpoints.ts';
import { RebuildRunning } from '@tradewind/outbox/rebuild.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { readConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { replayConfig } from '#replay-config.ts';
import { rebuildWindows } from '#windows/rebuild.ts';

/** As the replay of every service: 1 mismatch (nothing switched), 2 wrong arguments, 3 another one is running. */
const MISMATCH = 1;
const USAGE = 2;
const BUSY = 3;

const print = (value: object): void => {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  process.stdout.write(`${text}\n`);
};

async function main(args: readonly string[]): Promise<number> {
  // Compared with orders and payments by `tw reconcile` A1: their databases are not this service's to read.
  if (args[0] === '--check') return 0;
  if (
    args.find((argument) => !argument.startsWith('--')) !== revenueWindows.name ||
    args.includes('--from')
  ) {
    process.stderr.write(`usage: node replay.ts ${revenueWindows.name} [--verify]; sums need every event\n`);
    return USAGE;
  }
  const settings = readConfig(replayConfig, process.env);
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

process.exit(await main(process.argv.slice(2)));
