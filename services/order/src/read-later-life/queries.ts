import { formatAmount } from '@tradewind/kernel/money.ts';
import type { FindLists } from '@tradewind/graphql/list-loader.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { z } from 'zod';
import type { fulfillmentView, refundView, returnView, shipmentView } from '#order/part-views.ts';

type Fulfillment = z.infer<typeof fulfillmentView>;
type Shipment = z.infer<typeof shipmentView>;
type ReturnRequest = z.infer<typeof returnView>;
type Refund = z.infer<typeof refundView>;

/** The parts of the later life of several orders, oldest first, each kind in one query. */
export interface LaterLifeQueries {
  readonly fulfillments: FindLists<Fulfillment>;
  readonly shipments: FindLists<Shipment>;
  readonly returns: FindLists<ReturnRequest>;
  readonly refunds: FindLists<Refund>;
}

const items = (table: string, id: string): string => `(
  select coalesce(json_agg(json_build_object('productId', product_id, 'qty', qty) order by product_id), '[]')
  from ${table} i where i.${id} = p.${id}) as items`;

const fulfillments = `
  select order_id as "orderId", fulfillment_id as "fulfillmentId", picked_at as "pickedAt", ${items('fulfillment_items', 'fulfillment_id')}
  from fulfillments p where order_id = any($1) order by picked_at, fulfillment_id`;

const shipments = `
  select shipment_id as "shipmentId", order_id as "orderId", carrier, state as status,
    tracking_number as "trackingNumber", service, quote_minor as "quoteMinor", quote_currency as "quoteCurrency",
    label_url as "labelUrl", refusal, requested_at as "requestedAt", shipped_at as "shippedAt",
    delivered_at as "deliveredAt", ${items('shipment_items', 'shipment_id')},
    (select coalesce(json_agg(json_build_object('status', status, 'detail', detail, 'at', occurred_at)
        order by occurred_at, array_position(array['PICKED_UP', 'IN_TRANSIT', 'EXCEPTION', 'OUT_FOR_DELIVERY'], status)),
        '[]')
      from tracking_events t where t.shipment_id = p.shipment_id) as tracking
  from shipments p where order_id = any($1) order by requested_at, shipment_id`;

const returns = `
  select return_id as "returnId", p.order_id as "orderId", state as status, reason, refund_minor as "refundMinor",
    o.currency, requested_by as "requestedBy", requested_at as "requestedAt", ${items('return_items', 'return_id')}
  from return_requests p join orders o on o.order_id = p.order_id
  where p.order_id = any($1) order by requested_at, return_id`;

const refunds = `
  select refund_id as "refundId", p.order_id as "orderId", state as status, amount_minor as "amountMinor", o.currency,
    reason, return_id as "returnId", transaction_id as "transactionId", requested_by as "requestedBy",
    requested_at as "requestedAt"
  from refunds p join orders o on o.order_id = p.order_id where p.order_id = any($1) order by requested_at, refund_id`;

type With<View, Changed extends keyof View, Stored> = Omit<View, Changed> & Stored;

export function laterLifeQueries(db: Database): LaterLifeQueries {
  const find =
    <Row extends { readonly orderId: string }, View>(
      text: string,
      viewOf: (row: Row) => View,
    ): FindLists<View> =>
    async (storeId, orderIds) => {
      const rows = await db.transaction(storeId, (tx) => tx.query<Row>(text, [orderIds]));
      const found = new Map(orderIds.map((orderId): [string, View[]] => [orderId, []]));
      for (const row of rows) found.get(row.orderId)?.push(viewOf(row));
      return found;
    };

  type FulfillmentRow = With<Fulfillment, 'pickedAt', { pickedAt: Date; orderId: string }>;
  type ShipmentRow = With<
    Shipment,
    'quote' | 'requestedAt' | 'shippedAt' | 'deliveredAt',
    { quoteMinor: bigint | null; quoteCurrency: string | null } & {
      requestedAt: Date;
      shippedAt: Date | null;
      deliveredAt: Date | null;
    }
  >;
  type ReturnRow = With<
    ReturnRequest,
    'refundAmount' | 'requestedAt',
    { refundMinor: bigint | null; requestedAt: Date }
  >;
  type RefundRow = With<Refund, 'amount' | 'requestedAt', { amountMinor: bigint; requestedAt: Date }>;

  return {
    fulfillments: find(fulfillments, (row: FulfillmentRow) => ({
      fulfillmentId: row.fulfillmentId,
      items: row.items,
      pickedAt: row.pickedAt.toISOString(),
    })),
    shipments: find(shipments, ({ quoteMinor, quoteCurrency, tracking, ...row }: ShipmentRow) => ({
      ...row,
      quote:
        quoteMinor === null || quoteCurrency === null
          ? null
          : { amount: formatAmount(quoteMinor, quoteCurrency), currency: quoteCurrency },
      requestedAt: row.requestedAt.toISOString(),
      shippedAt: row.shippedAt?.toISOString() ?? null,
      deliveredAt: row.deliveredAt?.toISOString() ?? null,
      tracking: tracking.map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
    })),
    returns: find(returns, ({ refundMinor, requestedAt, ...row }: ReturnRow) => ({
      ...row,
      refundAmount: refundMinor === null ? null : formatAmount(refundMinor, row.currency),
      requestedAt: requestedAt.toISOString(),
    })),
    refunds: find(refunds, ({ amountMinor, requestedAt, ...row }: RefundRow) => ({
      ...row,
      amount: formatAmount(amountMinor, row.currency),
      requestedAt: requestedAt.toISOString(),
    })),
  };
}
