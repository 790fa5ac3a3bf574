import { newId } from '@tradewind/kernel/ids.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import { periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Component } from '@tradewind/service/start.ts';
import { type DueSaga, type StepDeps, takeStep } from './steps.ts';

interface DueTimer extends DueSaga {
  readonly storeId: string;
}

const POLL_MS = 250;
const BATCH = 200;

// Claims what is due by the database's clock. A timer that is not settled by its step comes again, ever more slowly.
const claim = `
  update saga_timers t
  set attempts = t.attempts + 1, leased_until = now() + $1 * interval '1 ms',
    due_at = now() + make_interval(secs => least(power(2, t.attempts), 60))
  from saga_instances s
  where s.saga_id = t.saga_id and t.saga_id in (
    select saga_id from saga_timers
    where due_at <= now() and (leased_until is null or leased_until < now())
    order by due_at limit ${BATCH} for update skip locked)
  returning t.saga_id as "sagaId", coalesce(s.data->>'orderId', t.saga_id) as "orderId", t.store_id as "storeId", t.kind,
    s.data->>'paymentToken' as "paymentToken", now() as now`;

const release = `update saga_timers set leased_until = null where saga_id = any($1)`;

export interface SagaTimersOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  /** Longest time that a step may take; a process that dies leaves its timers to others after that. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Carries the orders' sagas on: expiry, payments and refunds without an answer, cancellations, shipments. */
export function sagaTimers(deps: StepDeps, { systemDb, leaseMs, log }: SagaTimersOptions): Component {
  async function round(): Promise<void> {
    const due = await systemDb.transaction('', (tx) => tx.query<DueTimer>(claim, [leaseMs]));
    if (due.length === 0) return;
    failpoint('saga.claimed');
    await Promise.all(
      due.map(({ storeId, ...one }) =>
        takeStep(deps, one, { storeId, correlationId: newId(), causationId: null }).catch((error: unknown) =>
          log.warn(
            { sagaId: one.sagaId, orderId: one.orderId, kind: one.kind, error: String(error) },
            'saga step failed; it comes again',
          ),
        ),
      ),
    );
    failpoint('saga.stepped');
    await systemDb.transaction('', (tx) => tx.query(release, [due.map(({ sagaId }) => sagaId)]), {
      durable: false,
    });
  }

  return periodically({ name: 'saga timers', everyMs: POLL_MS, round, log });
}
