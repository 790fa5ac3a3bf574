import type { Change } from '@tradewind/outbox/command-store.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { OrderEvent } from '#order/events.ts';
import type { MaybeOrder } from '#order/order.ts';
import { type Quantity, quantities, sum } from '#order/parts.ts';

// One statement per kind of part. Foreign keys are checked at its end, so a part and its items go together.
const fulfillments = `
  with saved as (
    insert into fulfillments (fulfillment_id, store_id, order_id, picked_at)
    select id, $1, order_id, picked_at
    from json_to_recordset($2) as r (id text, order_id text, picked_at timestamptz))
  insert into fulfillment_items (store_id, fulfillment_id, product_id, qty)
  select $1, id, product_id, qty from json_to_recordset($3) as r (id text, product_id text, qty int)`;

const shipments = `
  with saved as (
    insert into shipments (shipment_id, store_id, order_id, carrier, state, tracking_number, service, quote_minor,
      quote_currency, label_url, refusal, requested_at, shipped_at, delivered_at)
    select id, $1, order_id, carrier, state, tracking_number, service, quote_minor, quote_currency, label_url, refusal,
      requested_at, shipped_at, delivered_at
    from json_to_recordset($2) as r (id text, order_id text, carrier text, state text, tracking_number text,
      service text, quote_minor bigint, quote_currency text, label_url text, refusal text, requested_at timestamptz,
      shipped_at timestamptz, delivered_at timestamptz)
    on conflict (shipment_id) do update set state = excluded.state, tracking_number = excluded.tracking_number,
      service = excluded.service, quote_minor = excluded.quote_minor, quote_currency = excluded.quote_currency,
      label_url = excluded.label_url, refusal = excluded.refusal, shipped_at = excluded.shipped_at,
      delivered_at = excluded.delivered_at)
  insert into shipment_items (store_id, shipment_id, product_id, qty)
  select $1, id, product_id, qty from json_to_recordset($3) as r (id text, product_id text, qty int)
  on conflict do nothing`;

const returns = `
  with saved as (
    insert into return_requests (return_id, store_id, order_id, reason, state, refund_minor, requested_by, requested_at)
    select id, $1, order_id, reason, state, refund_minor, requested_by, requested_at
    from json_to_recordset($2) as r (id text, order_id text, reason text, state text, refund_minor bigint,
      requested_by text, requested_at timestamptz)
    on conflict (return_id) do update set state = excluded.state, refund_minor = excluded.refund_minor)
  insert into return_items (store_id, return_id, product_id, qty)
  select $1, id, product_id, qty from json_to_recordset($3) as r (id text, product_id text, qty int)
  on conflict do nothing`;

const refunds = `
  insert into refunds (refund_id, store_id, order_id, amount_minor, reason, return_id, state, transaction_id,
    requested_by, requested_at)
  select id, $1, order_id, amount_minor, reason, return_id, state, transaction_id, requested_by, requested_at
  from json_to_recordset($2) as r (id text, order_id text, amount_minor bigint, reason text, return_id text, state text,
    transaction_id text, requested_by text, requested_at timestamptz)
  on conflict (refund_id) do update set state = excluded.state, transaction_id = excluded.transaction_id`;

interface PartRow {
  readonly id: string;
  readonly [column: string]: unknown;
}
interface Rows {
  readonly parts: object[];
  readonly items: object[];
}
const none = (): Rows => ({ parts: [], items: [] });

/** Stores the parts of orders that a batch has changed; orders in their early life have none. */
export async function saveParts(
  tx: Transaction,
  changes: readonly Change<MaybeOrder, OrderEvent>[],
): Promise<void> {
  const picked = none();
  const shipped = none();
  const returned = none();
  const refunded = none();
  for (const { key, state: order, before } of changes) {
    if (!order) continue;
    const was = before.state;
    for (const { fulfillmentId, items, pickedAt } of changed(order.pickings, was?.pickings))
      add(picked, { id: fulfillmentId, order_id: key, picked_at: pickedAt }, items);
    for (const { items, quote, ...one } of changed(order.shipments, was?.shipments)) {
      const row = {
        ...{
          id: one.shipmentId,
          order_id: key,
          carrier: one.carrier,
          state: one.state,
          service: one.service,
        },
        ...{ tracking_number: one.trackingNumber, label_url: one.labelUrl, refusal: one.refusal },
        ...{ quote_minor: quote && String(quote.amount), quote_currency: quote?.currency },
        ...{ requested_at: one.requestedAt, shipped_at: one.shippedAt, delivered_at: one.deliveredAt },
      };
      add(shipped, row, items);
    }
    for (const { items, ...one } of changed(order.returns, was?.returns)) {
      const row = {
        ...{ id: one.returnId, order_id: key, reason: one.reason, state: one.state },
        ...{ refund_minor: one.refundAmount === null ? null : String(one.refundAmount) },
        ...{ requested_by: one.requestedBy, requested_at: one.requestedAt },
      };
      add(returned, row, items);
    }
    for (const one of changed(order.refunds, was?.refunds)) {
      refunded.parts.push({
        ...{ id: one.refundId, order_id: key, amount_minor: String(one.amount), reason: one.reason },
        ...{ return_id: one.returnId, state: one.state, transaction_id: one.transactionId },
        ...{ requested_by: one.requestedBy, requested_at: one.requestedAt },
      });
    }
  }
  const save = ({ parts, items }: Rows, text: string, withItems = true) =>
    parts.length === 0
      ? []
      : [tx.query(text, [tx.storeId, JSON.stringify(parts), ...(withItems ? [JSON.stringify(items)] : [])])];
  await Promise.all([
    ...save(picked, fulfillments),
    ...save(shipped, shipments),
    ...save(returned, returns),
    ...save(refunded, refunds, false),
  ]);
}

/** Parts that a change left alone are the same objects. */
const changed = <Part>(parts: readonly Part[], were: readonly Part[] = []): Part[] =>
  parts.filter((part) => !were.includes(part));

/** A product may stand in several of the given lines; its row says how many pieces. */
function add({ parts, items }: Rows, part: PartRow, pieces: readonly Quantity[]): void {
  parts.push(part);
  for (const { productId, qty } of quantities(sum(pieces)))
    items.push({ id: part.id, product_id: productId, qty });
}
