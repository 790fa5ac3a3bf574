import type { Broker, Message, Subscription } from '@tradewind/messaging/broker.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { WakeUps } from '#dispatch/wake-ups.ts';
import type { WebhookMetrics } from '#metrics.ts';
import { deliverableTopics } from '#subscriptions/event-filter.ts';
import { takeIn, type TakeInDeps, type TakenIn } from './take-in.ts';

export interface IntakeOptions extends TakeInDeps {
  readonly broker: Broker;
  readonly db: Database;
  readonly wakeUps: WakeUps;
  readonly metrics: WebhookMetrics;
  onCrash(error: unknown): void;
}

export interface Intake {
  /** Takes a batch of one partition; concurrent partitions share a transaction. */
  apply(batch: readonly Message[]): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly subscription: Subscription | undefined;
}

/** Of a partition, in one transaction: it locks subscriptions, and after an outage outcomes must not wait long for them. */
const MAX_BATCH = 200;
/** Consumer group, of all instances. */
export const GROUP = 'webhook-dispatcher';

interface Job {
  readonly topic: string;
  readonly partition: number;
  readonly messages: readonly Message[];
}

const places = (jobs: readonly Job[]): string =>
  JSON.stringify(jobs.map(({ topic, partition }) => ({ topic, partition })));

const reached = (jobs: readonly Job[]): string =>
  JSON.stringify(
    jobs.map(({ topic, partition, messages }) => {
      const next = String((messages.at(-1)?.offset ?? -1n) + 1n);
      return { topic, partition, next };
    }),
  );

const begin = `
  insert into webhook_intake (topic, partition, next_offset)
  select distinct topic, partition, 0 from json_to_recordset($1) as r (topic text, partition int)
  order by topic, partition on conflict do nothing`;

const positions = `
  select i.topic, i.partition, i.next_offset as next
  from webhook_intake i join json_to_recordset($1) as r (topic text, partition int)
    on i.topic = r.topic and i.partition = r.partition
  order by i.topic, i.partition for update of i`;

const advance = `
  update webhook_intake i set next_offset = r.next
  from (
    select topic, partition, max(next) as next
    from json_to_recordset($1) as r (topic text, partition int, next bigint) group by topic, partition
  ) r
  where i.topic = r.topic and i.partition = r.partition and i.next_offset < r.next`;

/**
 * Reads every topic that can be subscribed to. Deliveries and the position commit together, so that an event that comes
 * again, even years after its deliveries were forgotten, is not sent again.
 */
export function createIntake(options: IntakeOptions): Intake {
  const { broker, db, wakeUps, metrics } = options;
  let subscription: Subscription | undefined;

  async function fresh(tx: Transaction, jobs: readonly Job[]): Promise<Message[]> {
    type Row = { topic: string; partition: number; next: bigint };
    let rows = await tx.query<Row>(positions, [places(jobs)]);
    if (rows.length < new Set(jobs.map(({ topic, partition }) => `${topic} ${partition}`)).size) {
      await tx.query(begin, [places(jobs)]);
      rows = await tx.query<Row>(positions, [places(jobs)]);
    }
    const next = new Map(rows.map((row) => [`${row.topic} ${row.partition}`, row.next]));
    return jobs.flatMap(({ topic, partition, messages }) => {
      const from = next.get(`${topic} ${partition}`) ?? 0n;
      return messages.filter(({ offset }) => offset >= from);
    });
  }

  const commit = groupCommit<Job, void>({
    groupOf: () => 'all',
    maxBatch: 24,
    run: async (_, jobs) => {
      const all = await db.transaction('', async (tx) => {
        const byTenant = Map.groupBy(await fresh(tx, jobs), ({ headers }) => headers['storeId'] ?? '');
        const taken: TakenIn[] = [];
        // In one order, as each tenant's subscriptions are locked until the end.
        for (const [storeId, messages] of [...byTenant].sort(([a], [b]) => (a < b ? -1 : 1))) {
          await tx.actFor(storeId);
          taken.push(await takeIn(tx, messages, options));
        }
        await tx.query(advance, [reached(jobs)]);
        return taken;
      });
      failpoint('intake.committed');
      metrics.tookIn(all.reduce((sum, { deliveries }) => sum + deliveries, 0));
      wakeUps.now(all.flatMap(({ wakes }) => wakes));
      return jobs.map(() => ({ ok: true as const, value: undefined }));
    },
  });

  const apply = async (batch: readonly Message[]): Promise<void> => {
    const [first] = batch;
    if (!first) return;
    failpoint('intake.received');
    await commit({ topic: first.topic, partition: first.partition, messages: batch });
  };

  return {
    apply,
    async start() {
      subscription = await broker.subscribe({
        ...{ group: GROUP, topics: deliverableTopics, lingerMs: 100, maxBatch: MAX_BATCH },
        ...{ onBatch: apply, onCrash: options.onCrash },
      });
    },
    stop: async () => subscription?.stop(),
    get subscription() {
      return subscription;
    },
  };
}
