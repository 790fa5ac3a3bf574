import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Log } from './logger.ts';
import { periodically, type Periodic } from './periodically.ts';

interface Reached {
  readonly topic: string;
  readonly partition: number;
  readonly next: string;
}

/** Notes when a projection had come how far: the only trace that applying an event leaves in time. */
export interface ProgressMarks {
  /** Marks partitions that have none younger than a second, in the transaction that moves their checkpoints. */
  mark(tx: Transaction, version: number, reached: readonly Reached[]): Promise<void>;
}

const EVERY_MS = 1_000;

const insert = `
  insert into projection_progress (projection, version, topic, partition, next_offset, applied_at)
  select $1, $2, topic, partition, next, clock_timestamp()
  from json_to_recordset($3) as r (topic text, partition int, next bigint)
  on conflict do nothing`;

export function progressMarks(projection: string, clock = () => performance.now()): ProgressMarks {
  const marked = new Map<string, number>();
  return {
    async mark(tx, version, reached) {
      const now = clock();
      const due = reached.filter(
        ({ topic, partition }) => now - (marked.get(`${topic} ${partition}`) ?? -Infinity) >= EVERY_MS,
      );
      if (due.length === 0) return;
      for (const { topic, partition } of due) marked.set(`${topic} ${partition}`, now);
      await tx.query(insert, [projection, version, JSON.stringify(due)]);
    },
  };
}

const KEPT = `interval '1 hour'`;
const SWEEP_MS = 60_000;
const BATCH = 5_000;

const forget = `
  delete from projection_progress where ctid = any(array(
    select ctid from projection_progress where applied_at < now() - ${KEPT} limit ${BATCH} for update skip locked))
  returning 1`;

/** Forgets marks after an hour: who asks later is told that, not a time. */
export function progressExpiry({
  systemDb,
  log,
}: {
  readonly systemDb: Database;
  readonly log: Log;
}): Periodic {
  return periodically({
    ...{ name: 'projection progress', everyMs: SWEEP_MS, log },
    async round(stopping) {
      for (let gone = BATCH; gone === BATCH && !stopping();) {
        const rows = await systemDb.transaction('', (tx) => tx.query(forget), { durable: false });
        gone = rows.length;
      }
    },
  });
}
