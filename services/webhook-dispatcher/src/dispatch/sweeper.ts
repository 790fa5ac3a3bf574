import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { WebhookMetrics } from '#metrics.ts';
import type { Dispatcher } from './dispatcher.ts';

const EVERY_MS = 1_000;
/** What is due before the next round is waited for, to the millisecond. */
const AHEAD_MS = 1_500;

const due = `
  select s.store_id as "storeId", s.subscription_id as "subscriptionId",
    greatest(extract(epoch from greatest(d.next, s.probe_at) - now()) * 1000, 0)::int as "inMs"
  from webhook_subscriptions s cross join lateral (
    select next_attempt_at as next from webhook_deliveries
    where subscription_id = s.subscription_id and status = 'PENDING' and next_attempt_at is not null
    order by next_attempt_at limit 1) d
  where s.status = 'ACTIVE' and greatest(d.next, s.probe_at) < now() + ${AHEAD_MS} * interval '1 ms'`;

/**
 * Finds what is due and was not woken: the broker was emptied or away, a message got lost, a process died with deliveries
 * in hand. The database is the truth, so this alone delivers everything, if a second later.
 */
export function sweeper(options: {
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly dispatcher: Pick<Dispatcher, 'wake' | 'wakeIn'>;
  readonly metrics: WebhookMetrics;
  readonly log: Logger;
}): Periodic {
  const { systemDb, dispatcher, metrics, log } = options;

  async function round(): Promise<void> {
    type Row = { storeId: string; subscriptionId: string; inMs: number };
    for (const { inMs, ...one } of await systemDb.transaction('', (tx) => tx.query<Row>(due))) {
      metrics.woken('sweeper');
      if (inMs === 0) dispatcher.wake(one);
      else dispatcher.wakeIn(one, inMs);
    }
  }

  return periodically({ name: 'webhook sweeper', everyMs: EVERY_MS, round, log, atOnce: true });
}
