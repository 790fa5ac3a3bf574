import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { readConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { revenueWindows } from '#projections/revenue-windows.ts';
import { replayConfig } from '#replay-config.ts';
import { MAX_BATCH } from './run-windows.ts';
import { createWindows } from './windows.ts';

/**
 * For `tw bench stream`: feeds the live build of a database of the benchmark's own from a topic of its own, by the code that
 * the service runs, until so many events are in. Prints how long that took, from the first batch on.
 */
export async function measure(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<number> {
  const [topic, wanted] = [args[0], Number(args[1])];
  if (topic === undefined || !(wanted > 0)) {
    process.stderr.write('usage: node measure.ts TOPIC EVENTS\n');
    return 2;
  }
  const settings = readConfig(replayConfig, env);
  const log = createLogger('analytics:measure', 'warn');
  const db = openDatabase({ url: settings.DATABASE_URL, name: 'analytics:measure', byIndex: true });
  const schemas = createSchemaRegistry({ url: settings.SCHEMA_REGISTRY_URL });
  const broker = createKafkaBroker({ clientId: 'analytics:measure', brokers: settings.KAFKA_BROKERS, log });
  const { version: build } = await liveVersion(db, revenueWindows.name);
  const windows = createWindows({
    ...{ build, db, latenessMs: settings.TW_ANALYTICS_LATENESS_MS },
    decode: (value) => schemas.decode(value),
  });
  let started = 0;
  let events = 0;
  const all = Promise.withResolvers<void>();
  const subscription = await broker.subscribe({
    ...{ group: `${topic}.${build}`, topics: [topic], maxBatch: MAX_BATCH },
    async onBatch(batch) {
      started ||= performance.now();
      await windows.apply(batch);
      events += batch.length;
      if (events >= wanted) all.resolve();
    },
  });
  await all.promise;
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ events, seconds, cpuSeconds: (user + system) / 1e6 })}\n`);
  await subscription.stop();
  await broker.close();
  await db.close();
  return 0;
}
