import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { armFailpoint } from '@tradewind/outbox/failpoints.ts';
import type { ProjectionStores } from '@tradewind/outbox/projection-store.ts';
import type { ReplayUses } from '@tradewind/outbox/replay-session.ts';
import { type Database, openDatabase } from '@tradewind/postgres/database.ts';
import { openStores } from '@tradewind/projection-stores/open-stores.ts';
import { z } from 'zod';
import { readConfig, storeAddresses } from './config.ts';
import { decodeAny } from './decode-any.ts';
import { createLogger } from './logger.ts';

const config = z.object({
  DATABASE_URL: z.url(),
  DATABASE_SYSTEM_URL: z.url(),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  SCHEMA_REGISTRY_URL: z.url(),
  SCHEMA_CACHE_FILE: z.string().optional(),
  TW_FAILPOINT: z.string().optional(),
  ...storeAddresses,
});

/** What replays reach: databases, the log, the stores of projections. No handler, no client, no side effect. */
export type ReplayConnections = Pick<
  ReplayUses,
  'service' | 'brokerLog' | 'db' | 'systemUrl' | 'systemDb' | 'decode'
> & { readonly stores: ProjectionStores };

export async function withConnections<T>(
  service: string,
  env: NodeJS.ProcessEnv,
  work: (uses: ReplayConnections) => Promise<T>,
): Promise<T> {
  const settings = readConfig(config, env);
  armFailpoint(settings.TW_FAILPOINT);
  const name = `${service}:replay`;
  const systemUrl = settings.DATABASE_SYSTEM_URL;
  const db = openDatabase({ url: settings.DATABASE_URL, name, byIndex: true });
  // One reads the rows to compare while another one compares; a third writes the journal.
  const systemDb = openDatabase({ url: systemUrl, name, maxConnections: 4 });
  const schemas = createSchemaRegistry({
    url: settings.SCHEMA_REGISTRY_URL,
    ...(settings.SCHEMA_CACHE_FILE ? { cacheFile: settings.SCHEMA_CACHE_FILE } : {}),
  });
  const log = createLogger(name, 'warn');
  const broker = createKafkaBroker({ clientId: name, brokers: settings.KAFKA_BROKERS, log });
  const stores = openStores(service, settings, { systemDb });
  const decode = decodeAny(schemas, settings.SCHEMA_REGISTRY_URL);
  try {
    return await work({ service, brokerLog: broker, db, systemUrl, systemDb, stores, decode });
  } finally {
    await broker.close();
    await Promise.all([db.close(), systemDb.close(), stores.close()]);
  }
}

/** For what only looks at rows. */
export async function withStores<T>(
  service: string,
  env: NodeJS.ProcessEnv,
  work: (systemDb: Database, stores: ProjectionStores) => Promise<T>,
): Promise<T> {
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
