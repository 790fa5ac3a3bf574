import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Log } from '@tradewind/outbox/logger.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Component } from '@tradewind/service/start.ts';
import { completeCancellation, owed } from '#cancel-order/decide.ts';
import { expireOrder } from '#expire-order/decide.ts';
import { existing, type Order } from '#order/order.ts';
import type { RefundOutcome } from '#payments.ts';
import { callPayment, type PayDeps, settlePayment } from '#pay-order/pay.ts';
import { unreachable } from '@tradewind/kernel/errors.ts';
import type { Step } from './saga.ts';

interface DueTimer {
  readonly orderId: string;
  readonly storeId: string;
  readonly kind: Step;
  readonly attempts: number;
  readonly paymentToken: string | null;
}

const POLL_MS = 250;
const BATCH = 200;
const ASK_WAIT_MS = 5_000;
const nothingOwed: RefundOutcome = { status: 'REFUNDED', transactionId: null };

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
  returning t.saga_id as "orderId", t.store_id as "storeId", t.kind, t.attempts, s.data->>'paymentToken' as "paymentToken"`;

const release = `update saga_timers set leased_until = null where saga_id = any($1)`;

export interface SagaTimersOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  /** Longest time that a step may take; a process that dies leaves its timers to others after that. */
  readonly leaseMs: number;
  readonly log: Log;
}

/** Carries the orders' sagas on: expiry, payments without an answer, refunds of canceled orders. */
export function sagaTimers(deps: PayDeps, { systemDb, leaseMs, log }: SagaTimersOptions): Component {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function step(due: DueTimer): Promise<void> {
    const { orderId, storeId, kind } = due;
    const context: CommandContext = { storeId, correlationId: newId(), causationId: null };
    switch (kind) {
      case 'expire':
        await deps.orders.handle(orderId, (order, { now }) => expireOrder(order, now), { context });
        return;
      case 'settle-payment': {
        const order = await current(orderId, context);
        if (order.status !== 'PAYMENT_PENDING') return;
        const outcome = await callPayment(deps, order, due.paymentToken ?? undefined, context, ASK_WAIT_MS);
        await settlePayment(deps, orderId, outcome, context);
        return;
      }
      case 'refund': {
        const order = await current(orderId, context);
        if (order.status !== 'PAID' || !order.cancellation || !order.paymentId) return;
        // One refund per cancellation: its id is the payment's, so a repeat after a crash is the same refund.
        const refundId = `cancel-${order.paymentId}`;
        const { paymentId, cancellation } = order;
        const refund =
          owed(order) === 0n
            ? nothingOwed
            : await deps.payments.refund({ paymentId, refundId, reason: cancellation.reason }, context);
        failpoint('cancel.refunded');
        if (refund.status !== 'REFUNDED') return;
        await deps.orders.handle(
          orderId,
          (latest, { now }) =>
            completeCancellation(latest, { refundId, transactionId: refund.transactionId }, now),
          { context },
        );
        return;
      }
      default:
        unreachable(kind);
    }
  }

  async function current(orderId: string, context: CommandContext): Promise<Order> {
    const { state } = await deps.orders.handle(orderId, () => [], { context });
    return existing(state);
  }

  async function tick(): Promise<void> {
    const due = await systemDb.transaction('', (tx) => tx.query<DueTimer>(claim, [leaseMs]));
    if (due.length === 0) return;
    failpoint('saga.claimed');
    await Promise.all(
      due.map((one) =>
        step(one).catch((error: unknown) =>
          log.warn(
            { orderId: one.orderId, kind: one.kind, error: String(error) },
            'saga step failed; it comes again',
          ),
        ),
      ),
    );
    failpoint('saga.stepped');
    await systemDb.transaction('', (tx) => tx.query(release, [due.map(({ orderId }) => orderId)]), {
      durable: false,
    });
  }

  function schedule(): void {
    timer = setTimeout(() => {
      running = tick()
        .catch((error: unknown) => log.warn({ error: String(error) }, 'saga timers could not be read'))
        .then(() => {
          if (!stopped) schedule();
        });
    }, POLL_MS);
  }

  return {
    name: 'saga timers',
    start: async () => schedule(),
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
