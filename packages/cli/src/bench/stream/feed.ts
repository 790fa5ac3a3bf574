import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSchemaRegistry } from '@tradewind/contracts/registry.ts';
import { migrate } from '@tradewind/postgres/migrate.ts';
import type { Stage } from '#bench/benchmark.ts';
import { PER_ORDER, publishOrders } from '#bench/replay.ts';
import { makeScratch } from '#bench/scratch.ts';
import { checkout } from '#places.ts';

const SERVICE = join(checkout, 'services/analytics');
const PRODUCTS = 1_000;
/** Orders of so long a time: windows of all sizes change, as they do when a backlog is caught up on. */
const SPAN_MS = 6 * 3_600_000;

export interface Fed {
  readonly events: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Windows of the benchmark's own, fed by the service's code in a process of its own from a log of events. */
export async function openFeed(stage: Stage, wanted: number) {
  const scratch = await makeScratch(stage, 'stream');
  await migrate({
    ownerUrl: scratch.url,
    folders: [{ name: 'analytics', dir: join(SERVICE, 'migrations') }],
  });
  const schemas = createSchemaRegistry({ url: stage.endpoints.registry });
  const begin = Date.now() - SPAN_MS;
  const orders = Math.floor(wanted / PER_ORDER);
  const events = orders * PER_ORDER;
  stage.say(`publishing ${events} events`);
  await publishOrders(scratch, schemas, events, {
    at: (n) => new Date(begin + (n / orders) * SPAN_MS),
    productId: (n, line) => `P${(n * 7 + line * 131) % PRODUCTS}`,
  });
  let builds = 1;
  return {
    async run(): Promise<Fed> {
      // Each run begins with nothing, beside what the ones before have left.
      await scratch.query(`update projections set state = 'retired' where name = 'revenue_windows'`);
      await scratch.query(
        `insert into projections (name, version, state) values ('revenue_windows', $1, 'live')`,
        [++builds],
      );
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(SERVICE, 'src/measure.ts'), scratch.topic, String(events)],
        {
          cwd: SERVICE,
          env: {
            PATH: process.env['PATH'],
            ...{
              TZ: 'UTC',
              NODE_ENV: 'production',
              DATABASE_URL: scratch.url,
              DATABASE_SYSTEM_URL: scratch.url,
            },
            KAFKA_BROKERS: stage.endpoints.kafka,
            SCHEMA_REGISTRY_URL: stage.endpoints.registry,
          },
        },
      );
      return JSON.parse(stdout) as Fed;
    },
    async check(): Promise<string> {
      const rows = await scratch.query<{ size: string; orders: string; gross: string }>(
        `select size, sum(orders) as orders, sum(gross_minor) as gross from window_revenue where build = $1
         group by size order by size`,
        [builds],
      );
      for (const { size, orders: paid } of rows)
        if (Number(paid) !== orders)
          throw new Error(`${orders} orders published, ${paid} in the windows of ${size}`);
      if (rows.length !== 3) throw new Error(`windows of ${rows.length} sizes`);
      return `${orders} paid orders in the windows of each size`;
    },
    close: () => scratch.drop(),
  };
}
