import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { type Change, type CommandStore, createStore } from '@tradewind/outbox/command-store.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { PaymentEvent } from '#payment/events.ts';
import { evolve, noPayments, type OrderPayments, type Refund, reversalId } from '#payment/payment.ts';
import { loadOrders } from '#rows.ts';

export type PaymentStore = CommandStore<OrderPayments, PaymentEvent>;

// One statement for a batch. Ledger and events come from the same list, so neither can be without the other.
const save = `
  with orders as (
    update payment_orders o set version = r.version, captured = o.captured + r.captured, refunded = o.refunded + r.refunded
    from json_to_recordset($2) as r (order_id text, version int, captured bigint, refunded bigint)
    where o.store_id = $1 and o.order_id = r.order_id),
  paid as (
    update payments p set status = r.status, transaction_id = r.transaction_id, provider = r.provider, code = r.code,
      tries = r.tries, settle_at = null, settled_at = now(), token = null
    from json_to_recordset($3) as r (payment_id text, status text, transaction_id text, provider text, code text, tries int)
    where p.payment_id = r.payment_id),
  paid_back as (
    update payment_refunds f set status = r.status, transaction_id = r.transaction_id, provider = r.provider,
      code = r.code, tries = r.tries, settle_at = null, settled_at = now()
    from json_to_recordset($4) as r (refund_id text, status text, transaction_id text, provider text, code text, tries int)
    where f.refund_id = r.refund_id),
  reversed as (
    insert into payment_refunds (store_id, refund_id, payment_id, order_id, amount, currency, reason, status, settle_at,
      correlation_id, traceparent)
    select $1, refund_id, payment_id, order_id, amount, currency, reason, 'REQUESTED', now(), correlation_id, traceparent
    from json_to_recordset($6) as r (refund_id text, payment_id text, order_id text, amount bigint, currency text,
      reason text, correlation_id text, traceparent text))
  insert into payment_ledger (store_id, order_id, payment_id, refund_id, kind, late, amount, currency, transaction_id,
    event_id)
  select $1, order_id, payment_id, refund_id, kind, coalesce(late, false), amount, currency, transaction_id, event_id
  from json_to_recordset($5) as r (order_id text, payment_id text, refund_id text, kind text, late boolean,
    amount bigint, currency text, transaction_id text, event_id uuid)`;

/** The payments of an order, keyed by orderId. What was asked for is recorded by `records.ts`; here it is settled. */
export function paymentStore(db: Database, encoder: EventEncoder, onCommit: () => void): PaymentStore {
  return createStore<OrderPayments, PaymentEvent>({
    db,
    encoder,
    initial: noPayments,
    evolve,
    load: loadOrders,
    save: async (tx, changes) => void (await tx.query(save, rowsOf(tx, changes))),
    onCommit,
  });
}

function rowsOf(tx: Transaction, changes: readonly Change<OrderPayments, PaymentEvent>[]): unknown[] {
  const orders: object[] = [];
  const payments = new Map<string, object>();
  const refunds: object[] = [];
  const ledger: object[] = [];
  const reversals: object[] = [];
  for (const { key, version, state, events } of changes) {
    let captured = 0n;
    let refunded = 0n;
    for (const { event, eventId, context } of events) {
      const { payload } = event;
      const amount = fromDecimal(payload.amount, payload.currency);
      const outcome = {
        transaction_id: payload.transactionId,
        provider: payload.provider,
        code: payload.code,
        tries: payload.attempt,
      };
      const entry = {
        order_id: key,
        payment_id: payload.paymentId,
        amount: String(amount),
        currency: payload.currency,
        transaction_id: payload.transactionId,
        event_id: eventId,
      };
      switch (event.type) {
        case 'ecommerce.payment.payment.authorized.v1':
          // Always followed by its capture in the same transaction.
          break;
        case 'ecommerce.payment.payment.captured.v1': {
          captured += amount;
          payments.set(payload.paymentId, { ...outcome, ...settled(state, payload.paymentId) });
          const reversal = state.refunds.get(reversalId(payload.paymentId));
          ledger.push({ ...entry, kind: 'CAPTURE', late: reversal !== undefined });
          // Asked for together with the capture that it takes back; the settle worker goes on with it.
          if (reversal) reversals.push(reversalRow(key, reversal, context));
          break;
        }
        case 'ecommerce.payment.payment.failed.v1':
          payments.set(payload.paymentId, { ...outcome, ...settled(state, payload.paymentId) });
          break;
        case 'ecommerce.payment.payment.refunded.v1':
          refunded += amount;
          refunds.push({ refund_id: event.payload.refundId, status: 'REFUNDED', ...outcome });
          ledger.push({ ...entry, refund_id: event.payload.refundId, kind: 'REFUND' });
          break;
        default:
          event satisfies never;
      }
    }
    orders.push({ order_id: key, version, captured: String(captured), refunded: String(refunded) });
  }
  const lists = [orders, [...payments.values()], refunds, ledger, reversals];
  return [tx.storeId, ...lists.map((rows) => JSON.stringify(rows))];
}

/** One row per payment, though a batch may hold its failure and its late capture. */
function settled({ payments }: OrderPayments, paymentId: string): object {
  const payment = payments.get(paymentId);
  return { payment_id: paymentId, status: payment?.status, code: payment?.code };
}

function reversalRow(orderId: string, refund: Refund, context: CommandContext): object {
  return {
    refund_id: refund.refundId,
    payment_id: refund.paymentId,
    order_id: orderId,
    amount: String(refund.amount),
    currency: refund.currency,
    reason: refund.reason,
    correlation_id: context.correlationId,
    traceparent: context.traceparent,
  };
}
