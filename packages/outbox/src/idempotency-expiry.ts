import type { Database } from '@tradewind/postgres/database.ts';
import { IDEMPOTENCY_WINDOW } from './idempotency.ts';
import type { Log } from './logger.ts';
import { periodically, type Periodic } from './periodically.ts';

export interface IdempotencyExpiryOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly log: Log;
  /** Time between two rounds, in ms. */
  readonly everyMs?: number;
  /** Rows of one transaction: few enough that no lock is held for long. */
  readonly batchSize?: number;
}

export interface IdempotencyExpiry extends Periodic {
  /** Deletes all records that are older than the window. Answers how many; 0 while another process is at it. */
  sweep(): Promise<number>;
}

const EVERY_MS = 10 * 60_000;
const BATCH_SIZE = 1_000;

/** Of each database one process at a time, until its transaction ends. */
const turn = `select pg_try_advisory_xact_lock(hashtext('tradewind.idempotency-expiry')) as mine`;

// `$2` is where the batch before ended: entries of rows that are gone are not read again. A record that a request is
// about to renew is skipped.
const remove = `
  with gone as (
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys
      where created_at <= now() - ${IDEMPOTENCY_WINDOW} and created_at >= coalesce($2::timestamptz, '-infinity')
      order by created_at limit $1 for update skip locked))
    returning created_at)
  select count(*)::int as count, max(created_at)::text as until from gone`;

/** Forgets idempotency records that nobody may ask for any more, by the database's clock. */
export function idempotencyExpiry(options: IdempotencyExpiryOptions): IdempotencyExpiry {
  const { systemDb, log, everyMs = EVERY_MS, batchSize = BATCH_SIZE } = options;

  function batch(from: string | null): Promise<{ count: number; until: string | null }> {
    return systemDb.transaction(
      '',
      async (tx) => {
        const [held] = await tx.query<{ mine: boolean }>(turn);
        if (!held?.mine) return { count: 0, until: null };
        const [row] = await tx.query<{ count: number; until: string | null }>(remove, [batchSize, from]);
        return row ?? { count: 0, until: null };
      },
      { durable: false },
    );
  }

  async function sweep(stopping = () => false): Promise<number> {
    let total = 0;
    let from: string | null = null;
    while (!stopping()) {
      const { count, until } = await batch(from);
      total += count;
      if (count < batchSize) break;
      from = until;
    }
    return total;
  }

  async function round(stopping: () => boolean): Promise<void> {
    const count = await sweep(stopping);
    if (count > 0) log.info({ count }, 'old idempotency records deleted');
  }

  return { ...periodically({ name: 'idempotency expiry', everyMs, round, log, atOnce: true }), sweep };
}
