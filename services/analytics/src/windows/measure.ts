import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import { liveVersion } from '@tradewind/outbox/live-version.ts';
import { openDatabase } from '@tradewind/postgres/database.ts';
import { readConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { z } from 'zod';
import { MAX_BATCH, revenueWindows } from '#projections/revenue-windows.ts';
import { latenessMs } from './lateness.ts';

const config = z.object({
  DATABASE_URL: z.url(),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  SCHEMA_REGISTRY_URL: z.url(),
  TW_ANALYTICS_LATENESS_MS: latenessMs,
});

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
  const settings = readConfig(config, env);
  const log = createLogger('analytics:measure', 'warn');
  const db = openDatabase({ url: settings.DATABASE_URL, name: 'analytics:measure', byIndex: true });
  const schemas = createSchemaRegistry({ url: settings.SCHEMA_REGISTRY_URL });
  const broker = createKafkaBroker({ clientId: 'analytics:measure', brokers: settings.KAFKA_BROKERS, log });
  const projection = revenueWindows({ latenessMs: settings.TW_ANALYTICS_LATENESS_MS });
  const { version } = await liveVersion(db, projection.name);
  const windows = projection.projector({ version, db, decode: (value) => schemas.decode(value) });
  let started = 0;
  let events = 0;
  const all = Promise.withResolvers<void>();
  const subscription = await broker.subscribe({
    ...{ group: `${topic}.${version}`, topics: [topic], maxBatch: MAX_BATCH },
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
