import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';

const EVERY_MS = 30_000;
/** Rows of one statement: short locks, and little to do again. */
const LIMIT = 2_000;

const ended = `
  delete from webhook_deliveries where (store_id, delivery_id) in (
    select store_id, delivery_id from webhook_deliveries
    where ended_at < now() - $1 * interval '1 ms' limit ${LIMIT}) returning 1`;
const orphaned = `
  delete from webhook_deliveries where (store_id, delivery_id) in (
    select d.store_id, d.delivery_id from webhook_subscriptions s
    join webhook_deliveries d on d.store_id = s.store_id and d.subscription_id = s.subscription_id
    where s.status = 'DELETED' and (d.leased_until is null or d.leased_until < now()) limit ${LIMIT}) returning 1`;
const deleted = `
  delete from webhook_subscriptions s where status = 'DELETED' and not exists (
    select from webhook_deliveries d where d.store_id = s.store_id and d.subscription_id = s.subscription_id) returning 1`;
const unused = `
  delete from webhook_events where (store_id, event_id) in (
    select e.store_id, e.event_id from webhook_events e
    where e.created_at < now() - $1 * interval '1 ms' and not exists (
      select from webhook_deliveries d where d.store_id = e.store_id and d.event_id = e.event_id)
    order by e.created_at limit ${LIMIT}) returning 1`;

/** Removes what has ended long ago, and what deleted subscriptions have left, a little at a time. Held ones stay. */
export function retention(options: {
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly keepMs: number;
  readonly log: Logger;
}): Periodic {
  const { systemDb, keepMs, log } = options;
  const remove = (text: string, values: readonly unknown[]) =>
    systemDb.transaction('', (tx) => tx.query(text, values));

  async function round(stopping: () => boolean): Promise<void> {
    for (const [text, values] of [
      [ended, [keepMs]],
      [orphaned, []],
      [deleted, []],
      [unused, [keepMs]],
    ] as const) {
      for (let rows = LIMIT; rows === LIMIT && !stopping();) rows = (await remove(text, values)).length;
    }
  }

  return periodically({ name: 'webhook retention', everyMs: EVERY_MS, round, log });
}
