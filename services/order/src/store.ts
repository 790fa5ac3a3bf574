import type { AnyEvent } from '@tradewind/contracts/event.ts';
import {
  type Change,
  type CommandStore,
  createStore,
  type Versioned,
} from '@tradewind/outbox/command-store.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { sagasOf } from '#fulfilment/saga.ts';
import type { OrderEvent } from '#order/events.ts';
import { evolve, type MaybeOrder } from '#order/order.ts';
import { cancellationOf } from '#order/parts.ts';
import { itemRow, pricingRow } from '#order/pricing-rows.ts';
import { saveParts } from '#store-parts.ts';

/** Decodes an event as it stands in the stream and in Kafka. */
export type Decode = (value: Buffer) => AnyEvent | Promise<AnyEvent>;

/** What commands keep beside an order's events: it must not go into these, which are kept for ever. */
export interface Private {
  readonly shippingAddress?: unknown;
  /** Whose prices it was placed at. */
  readonly segment?: string;
  /** The gateway's token of the payment method, for going on with a payment after a crash. */
  readonly paymentToken?: string | undefined;
  /** Who opened the payment, with which Idempotency-Key: a repeat may come when it was settled without them. */
  readonly paymentKey?: string | undefined;
}

export type OrderStore = CommandStore<MaybeOrder, OrderEvent>;

const lock = `select order_id from orders where order_id = any($1) order by order_id for update`;
const stream = `
  select order_id as "orderId", payload from order_events where order_id = any($1) order by order_id, version`;

// One statement for all rows of a batch, and each list is parsed once, whatever it fills.
const save = `
  with o as materialized (
    select * from json_to_recordset($2) as r (order_id text, user_id text, status text, currency text,
      total_minor bigint, captured_minor bigint, refunded_minor bigint, version int, reservation_id text,
      payment_id text, cancellation text, shipping_address jsonb, pricing jsonb, expires_at timestamptz,
      created_at timestamptz)),
  e as materialized (
    select * from json_to_recordset($4) as r (order_id text, version int, event_id uuid, type text, payload text,
      status text)),
  s as materialized (
    select * from json_to_recordset($5) as r (saga_id text, step text, data jsonb, kind text, due_at timestamptz,
      deadline timestamptz)),
  saved as (
    insert into orders (order_id, store_id, user_id, status, currency, total_minor, captured_minor, refunded_minor,
      version, reservation_id, payment_id, cancellation, shipping_address, pricing, expires_at, created_at, updated_at)
    select order_id, $1, user_id, status, currency, total_minor, captured_minor, refunded_minor, version,
      reservation_id, payment_id, cancellation, shipping_address, pricing, expires_at, created_at, $6 from o
    on conflict (order_id) do update set status = excluded.status, captured_minor = excluded.captured_minor,
      refunded_minor = excluded.refunded_minor, version = excluded.version, payment_id = excluded.payment_id,
      cancellation = excluded.cancellation, updated_at = excluded.updated_at),
  items as (
    insert into order_items (store_id, order_id, line, product_id, sku, qty, price_minor, list_minor, total_minor,
      rules, location_id)
    select $1, order_id, line, product_id, sku, qty, price_minor, list_minor, total_minor, rules, null
    from json_to_recordset($3) as r (order_id text, line int, product_id text, sku text, qty int, price_minor bigint,
      list_minor bigint, total_minor bigint, rules jsonb)),
  history as (
    insert into order_status_history (store_id, order_id, version, status, occurred_at)
    select $1, order_id, version, status, $6 from e where status is not null),
  sagas as (
    insert into saga_instances (saga_id, store_id, step, open, data, deadline, updated_at)
    select saga_id, $1, step, due_at is not null, data, deadline, $6 from s
    on conflict (saga_id) do update set step = excluded.step, open = excluded.open,
      data = saga_instances.data || excluded.data, deadline = excluded.deadline, updated_at = excluded.updated_at),
  timers as (
    insert into saga_timers (saga_id, store_id, kind, due_at)
    select saga_id, $1, kind, due_at from s where due_at is not null
    on conflict (saga_id) do update set kind = excluded.kind, due_at = excluded.due_at, attempts = 0,
      leased_until = null),
  done as (
    delete from saga_timers using s where saga_timers.saga_id = s.saga_id and s.due_at is null)
  insert into order_events (store_id, order_id, version, event_id, type, payload, occurred_at)
  select $1, order_id, version, event_id, type, decode(payload, 'base64'), $6 from e`;

export function orderStore(
  db: Database,
  encoder: EventEncoder,
  decode: Decode,
  onCommit: () => void,
  maxBatch?: number,
): OrderStore {
  return createStore<MaybeOrder, OrderEvent>({
    db,
    encoder,
    initial: undefined,
    evolve,
    onCommit,
    ...(maxBatch === undefined ? {} : { maxBatch }),
    load: (tx, keys) => load(tx, keys, decode),
    // Queries of one transaction follow each other without a pause; most changes have no parts to be saved.
    save: (tx, changes) => Promise.all([tx.query(save, rowsOf(tx, changes)), saveParts(tx, changes)]),
  });
}

async function load(
  tx: Transaction,
  orderIds: readonly string[],
  decode: Decode,
): Promise<ReadonlyMap<string, Versioned<MaybeOrder>>> {
  await tx.query(lock, [orderIds]);
  const rows = await tx.query<{ orderId: string; payload: Buffer }>(stream, [orderIds]);
  const orders = new Map<string, Versioned<MaybeOrder>>();
  for (const { orderId, payload } of rows) {
    const { eventType: type, payload: body } = await decode(payload);
    const before = orders.get(orderId);
    orders.set(orderId, {
      state: evolve(before?.state, { type, payload: body } as OrderEvent),
      version: (before?.version ?? 0) + 1,
    });
  }
  return orders;
}

function rowsOf(tx: Transaction, changes: readonly Change<MaybeOrder, OrderEvent>[]): unknown[] {
  const orders: object[] = [];
  const items: object[] = [];
  const events: object[] = [];
  const sagas: object[] = [];
  for (const { key, state: order, version, before, events: recorded, beside } of changes) {
    if (!order) continue;
    const { shippingAddress, segment, ...data }: Private = Object.assign({}, ...beside);
    orders.push({
      order_id: key,
      user_id: order.userId,
      status: order.status,
      currency: order.currency,
      total_minor: String(order.total),
      captured_minor: String(order.captured),
      refunded_minor: String(order.refunded),
      version,
      reservation_id: order.reservationId,
      payment_id: order.paymentId,
      cancellation: cancellationOf(order),
      shipping_address: shippingAddress,
      pricing: before.version === 0 ? pricingRow(order.pricing, segment) : undefined,
      expires_at: order.expiresAt,
      created_at: order.createdAt,
    });
    if (before.version === 0) {
      order.lines.forEach((line, index) => items.push({ order_id: key, line: index, ...itemRow(line) }));
    }
    let status = before.state?.status;
    for (const { event, eventId, version: at, encoded } of recorded) {
      const after = event.payload.status;
      events.push({
        order_id: key,
        version: at,
        event_id: eventId,
        type: event.type,
        payload: encoded.payload.toString('base64'),
        status: after === status ? undefined : after,
      });
      status = after as typeof status;
    }
    for (const { sagaId, step, timer, deadline } of sagasOf(before.state, order, tx.now)) {
      sagas.push({
        ...{ saga_id: sagaId, step, data: sagaId === key ? data : { orderId: key } },
        ...{ kind: timer?.kind, due_at: timer?.dueAt, deadline: deadline ?? timer?.dueAt },
      });
    }
  }
  return [tx.storeId, ...[orders, items, events, sagas].map((rows) => JSON.stringify(rows)), tx.now];
}
