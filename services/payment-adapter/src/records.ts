import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { paymentError } from '#errors.ts';
import { noPayments, type OrderPayments, type Payment, type Refund, requested } from '#payment/payment.ts';
import { loadOrders } from '#rows.ts';
import { type StartPayment, startPayment } from '#start-payment/decide.ts';
import { type StartRefund, startRefund } from '#start-refund/decide.ts';

/** What is asked of the gateway is on disk before the gateway is asked (rule 14). */
export interface Records {
  /** Answers the payment and whether this call made it. */
  start(
    command: StartPayment & { readonly token: string | null },
    context: CommandContext,
  ): Promise<Recorded<Payment>>;
  startRefund(
    command: StartRefund & { readonly orderId: string },
    context: CommandContext,
  ): Promise<Recorded<Refund>>;
}

export interface Recorded<T> {
  readonly record: T;
  readonly isNew: boolean;
}

interface Start {
  readonly command: StartPayment & { readonly token: string | null };
  readonly context: CommandContext;
}

const insertOrders = `
  insert into payment_orders (store_id, order_id)
  select $1, order_id from json_to_recordset($2) as r (order_id text) order by order_id
  on conflict do nothing returning order_id as "orderId"`;

const insertPayments = `
  with attempt as (
    insert into payment_attempts (store_id, operation, operation_id, claim, try, payment_id)
    select $1, 'CHARGE', payment_id, 1, 1, payment_id from json_to_recordset($2) as r (payment_id text))
  insert into payments (payment_id, store_id, order_id, user_id, amount, currency, token, status, settle_at,
    correlation_id, traceparent)
  select payment_id, $1, order_id, user_id, amount, currency, token, 'REQUESTED', now() + $3 * interval '1 ms',
    correlation_id, traceparent
  from json_to_recordset($2) as r (payment_id text, order_id text, user_id text, amount bigint, currency text,
    token text, correlation_id text, traceparent text)`;

const insertRefund = `
  with attempt as (
    insert into payment_attempts (store_id, operation, operation_id, claim, try, payment_id)
    values ($1, 'REFUND', $2, 1, 1, $3))
  insert into payment_refunds (store_id, refund_id, payment_id, order_id, amount, currency, reason, status, settle_at,
    correlation_id, traceparent)
  values ($1, $2, $3, $4, $5, $6, $7, 'REQUESTED', now() + $8 * interval '1 ms', $9, $10)`;

/** @param leaseMs time after which the settle worker takes a run over */
export function paymentRecords(db: Database, leaseMs: number): Records {
  async function run(storeId: string, starts: readonly Start[]): Promise<Outcome<Recorded<Payment>>[]> {
    return db.transaction(storeId, async (tx) => {
      const states = await lockedStates(tx, [...new Set(starts.map(({ command }) => command.orderId))]);
      const rows: object[] = [];
      const outcomes = starts.map((start) => decide(start, states, rows));
      if (rows.length > 0) await tx.query(insertPayments, [storeId, JSON.stringify(rows), leaseMs]);
      return outcomes;
    });
  }

  const commit = groupCommit<Start, Recorded<Payment>>({ groupOf: ({ context }) => context.storeId, run });

  return {
    start: (command, context) => commit({ command, context }).catch(reused('PAYMENT_ID_REUSED')),
    startRefund: (command, context) =>
      db
        .transaction(context.storeId, async (tx) => {
          const state = (await loadOrders(tx, [command.orderId])).get(command.orderId)?.state ?? noPayments;
          const made = startRefund(state, command);
          const record = made ?? state.refunds.get(command.refundId);
          if (!record) throw paymentError('PAYMENT_NOT_FOUND');
          if (made) {
            const { refundId, paymentId, amount, currency, reason } = made;
            const { storeId, correlationId, traceparent } = context;
            await tx.query(insertRefund, [
              ...[storeId, refundId, paymentId, command.orderId, String(amount), currency, reason],
              ...[leaseMs, correlationId, traceparent ?? null],
            ]);
          }
          return { record, isNew: made !== undefined };
        })
        .catch(reused('REFUND_ID_REUSED')),
  };
}

/** Makes the rows of new orders, which locks them, and locks those of known ones. */
async function lockedStates(
  tx: Transaction,
  orderIds: readonly string[],
): Promise<Map<string, OrderPayments>> {
  const json = JSON.stringify(orderIds.map((orderId) => ({ order_id: orderId })));
  const made = await tx.query<{ orderId: string }>(insertOrders, [tx.storeId, json]);
  const states = new Map(made.map(({ orderId }) => [orderId, noPayments]));
  const known = orderIds.filter((orderId) => !states.has(orderId));
  if (known.length > 0) {
    for (const [orderId, { state }] of await loadOrders(tx, known.toSorted())) states.set(orderId, state);
  }
  return states;
}

function decide(
  { command, context }: Start,
  states: Map<string, OrderPayments>,
  rows: object[],
): Outcome<Recorded<Payment>> {
  const { orderId, paymentId } = command;
  const state = states.get(orderId) ?? noPayments;
  try {
    const { token, ...start } = command;
    const made = startPayment(state, start);
    const record = made ?? state.payments.get(paymentId);
    if (!record) throw paymentError('PAYMENT_NOT_FOUND');
    if (made) {
      states.set(orderId, requested(state, made));
      rows.push({
        payment_id: paymentId,
        order_id: orderId,
        user_id: made.userId,
        amount: String(made.amount),
        currency: made.currency,
        token,
        correlation_id: context.correlationId,
        traceparent: context.traceparent,
      });
    }
    return { ok: true, value: { record, isNew: made !== undefined } };
  } catch (error) {
    return { ok: false, error };
  }
}

/** An id that is taken by another order, or by another tenant, is not visible here: the key's index tells. */
function reused(code: 'PAYMENT_ID_REUSED' | 'REFUND_ID_REUSED'): (error: unknown) => never {
  return (error) => {
    const constraint = violatedConstraint(error);
    throw constraint?.endsWith('_pkey') ? paymentError(code, { cause: error }) : error;
  };
}
