import { newId } from '@tradewind/kernel/ids.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { PricingMetrics } from '#metrics.ts';
import type { FlashSales } from './store.ts';

const POLL_MS = 200;
const LIMIT = 100;
/** A sale belongs to the process that took it for this long; one that dies leaves it to others after that. */
const LEASE_MS = 2_000;

const claim = `
  update flash_sales s set leased_until = now() + $1 * interval '1 ms'
  from (
    select store_id, sale_id from flash_sales
    where due_at <= now() and (leased_until is null or leased_until < now())
    order by due_at limit ${LIMIT} for update skip locked) d
  where s.store_id = d.store_id and s.sale_id = d.sale_id
  returning s.store_id as "storeId", s.sale_id as "saleId"`;

/**
 * Begins and ends flash sales within a quarter of a second of their time by the database's clock. What has been done is
 * in the sale's row, so that neither a restart nor a second process does it again.
 */
export function saleScheduler(options: {
  readonly sales: FlashSales;
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly metrics: PricingMetrics;
  readonly log: Logger;
}): Periodic {
  const { sales, systemDb, metrics, log } = options;

  async function carryOn({ storeId, saleId }: { storeId: string; saleId: string }): Promise<void> {
    const done = await sales.carryOn(saleId, { storeId, correlationId: newId(), causationId: null });
    if (!done || done.before.status === done.after.status) return;
    const { status, startsAt, endsAt, updatedAt } = done.after;
    const due = status === 'ACTIVE' ? startsAt : endsAt;
    metrics.sale(status === 'ACTIVE' ? 'started' : 'ended', updatedAt.getTime() - due.getTime());
    log.info({ storeId, saleId, status }, 'flash sale');
  }

  async function round(): Promise<void> {
    const due = await systemDb.transaction('', (tx) =>
      tx.query<{ storeId: string; saleId: string }>(claim, [LEASE_MS]),
    );
    if (due.length === 0) return;
    failpoint('sale.claimed');
    const outcomes = await Promise.allSettled(due.map(carryOn));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') log.warn({ error: String(outcome.reason) }, 'a flash sale waits');
    }
  }

  return periodically({ name: 'flash sales', everyMs: POLL_MS, round, log });
}
