import pg from 'pg';
import { createKafkaBroker } from '@tradewind/messaging-kafka/kafka-broker.ts';
import type { Stage } from '#bench/benchmark.ts';

const TOPIC = 'ecommerce.order.order';
const PATIENCE_MS = 120_000;

interface Counts {
  readonly rows: number;
  readonly created: number;
  readonly events: number;
  readonly published: number;
  readonly outbox: number;
}

/**
 * Remembers how many orders there are, and later compares: acknowledged orders = orders in the database = created events,
 * and every event of the stream is in Kafka. `seconds behind` says how long the relay and the projection took to catch up.
 */
export async function checkOrders(stage: Stage): Promise<{ expect(accepted: number): Promise<string> }> {
  const before = await settled(stage);
  return {
    async expect(accepted) {
      const started = performance.now();
      const after = await settled(stage);
      const behind = ((performance.now() - started) / 1_000).toFixed(1);
      const rows = after.rows - before.rows;
      const created = after.created - before.created;
      const events = after.events - before.events;
      const published = after.published - before.published;
      const facts = `${accepted} acknowledged, ${rows} in the database, ${created} created, ${published} of ${events} events in Kafka`;
      if (rows !== accepted || created !== accepted || published < events)
        throw new Error(`orders do not agree: ${facts}`);
      return `${facts}; projection caught up ${behind} s after the load`;
    },
  };
}

/** Counts once the outbox is empty and the projection has read everything. */
async function settled({ endpoints }: Stage): Promise<Counts> {
  const client = new pg.Client({ connectionString: endpoints.postgres.databases['order']!.systemUrl });
  await client.connect();
  const broker = createKafkaBroker({ clientId: 'bench', brokers: endpoints.kafka.split(',') });
  try {
    for (const end = performance.now() + PATIENCE_MS; ;) {
      const ends = await broker.endOffsets(TOPIC);
      const { rows } = await client.query<Record<keyof Counts | 'projected', string>>(`
        select (select count(*) from orders) as rows,
          (select count(*) from order_events where type = 'ecommerce.order.order.created.v1') as created,
          (select count(*) from order_events) as events,
          (select count(*) from outbox) as outbox,
          (select coalesce(sum(next_offset), 0) from projection_checkpoints c
            join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
            where c.projection = 'orders_by_customer') as projected`);
      const published = [...ends.values()].reduce((sum, offset) => sum + Number(offset), 0);
      const [row] = rows;
      if (row && Number(row.outbox) === 0 && Number(row.projected) >= published) {
        return {
          rows: Number(row.rows),
          created: Number(row.created),
          events: Number(row.events),
          outbox: 0,
          published,
        };
      }
      if (performance.now() > end) throw new Error(`not settled: ${JSON.stringify({ ...row, published })}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await Promise.all([client.end(), broker.close()]);
  }
}
