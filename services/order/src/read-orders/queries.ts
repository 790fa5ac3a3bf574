import { toJson } from '@tradewind/contracts/json.ts';
import type { FindLists } from '@tradewind/graphql/list-loader.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import { queryBuilder } from '@tradewind/postgres/query-builder.ts';
import type { OrderEvent } from '#order/events.ts';
import type { Order, Status } from '#order/order.ts';
import { lineIn, type LineRow, pricingIn, type PricingRow } from '#order/pricing-rows.ts';
import type { OrderFacts } from '#order/view.ts';
import { foldBefore } from './as-of.ts';
import type { Decode } from '#store.ts';
import type { Tables } from '#tables.ts';

/** An order as its row tells it. */
export interface StoredOrder extends OrderFacts {
  readonly version: number;
  readonly reservationId: string;
  readonly paymentId: string | null;
}

export interface StatusChange {
  readonly version: number;
  readonly status: string;
  readonly at: string;
}

export interface OrderQueries {
  order(storeId: string, orderId: string): Promise<StoredOrder | undefined>;
  /** Caller and Idempotency-Key of the request that opened the order's last payment. */
  paymentKey(storeId: string, orderId: string): Promise<string | undefined>;
  /** Of several orders in one query. */
  readonly history: FindLists<StatusChange>;
  events(storeId: string, orderId: string): Promise<unknown[]>;
  /** The order as its events before `end` made it; undefined where it had none. */
  orderBefore(storeId: string, orderId: string, end: Date): Promise<Order | undefined>;
}

const qb = queryBuilder<Tables>();

// The row and its lines in one query; concurrent reads share it.
const select = `
  select o.order_id as "orderId", user_id as "userId", status, currency, total_minor as total, version,
    refunded_minor as refunded, cancellation, reservation_id as "reservationId", payment_id as "paymentId",
    created_at as "createdAt", expires_at as "expiresAt", pricing, lines
  from orders o
  cross join lateral (
    select json_agg(json_build_object('productId', product_id, 'sku', sku, 'qty', qty, 'price', price_minor::text,
      'listPrice', list_minor::text, 'total', total_minor::text, 'rules', rules) order by line) as lines
    from order_items i where i.order_id = o.order_id) l
  where o.order_id = any($1)`;

type Row = Omit<StoredOrder, 'lines' | 'pricing'> & {
  lines: LineRow[] | null;
  pricing: PricingRow | null;
};

export function orderQueries(db: Database, decode: Decode): OrderQueries {
  const read = groupCommit<{ storeId: string; orderId: string }, StoredOrder | undefined>({
    groupOf: ({ storeId }) => storeId,
    restMs: LOOK_UP_REST_MS,
    run: (storeId, wanted) =>
      db.transaction(storeId, async (tx) => {
        const rows = await tx.query<Row>(select, [[...new Set(wanted.map(({ orderId }) => orderId))]]);
        const found = new Map(rows.map((row) => [row.orderId, storedOrder(row)]));
        return wanted.map(({ orderId }) => ({ ok: true as const, value: found.get(orderId) }));
      }),
  });
  return {
    order: (storeId, orderId) => read({ storeId, orderId }),
    paymentKey: (storeId, orderId) =>
      db.transaction(storeId, async (tx) => {
        const text = `select data->>'paymentKey' as key from saga_instances where saga_id = $1`;
        return (await tx.query<{ key: string | null }>(text, [orderId]))[0]?.key ?? undefined;
      }),
    history: (storeId, orderIds) =>
      db.transaction(storeId, async (tx) => {
        const rows = await tx.run(
          qb
            .selectFrom('order_status_history')
            .select(['order_id', 'version', 'status', 'occurred_at'])
            .where('order_id', 'in', orderIds)
            .orderBy('version'),
        );
        const found = new Map(orderIds.map((orderId): [string, StatusChange[]] => [orderId, []]));
        for (const { order_id, version, status, occurred_at } of rows)
          found.get(order_id)?.push({ version, status, at: occurred_at.toISOString() });
        return found;
      }),
    events: (storeId, orderId) =>
      db.transaction(storeId, async (tx) => {
        const rows = await tx.run(
          qb.selectFrom('order_events').select('payload').where('order_id', '=', orderId).orderBy('version'),
        );
        return Promise.all(rows.map(async ({ payload }) => toJson(await decode(payload))));
      }),
    async orderBefore(storeId, orderId, end) {
      const rows = await db.transaction(storeId, (tx) =>
        tx.run(
          qb
            .selectFrom('order_events')
            .select(['payload', 'occurred_at'])
            .where('order_id', '=', orderId)
            .orderBy('version'),
        ),
      );
      const events = rows.map(async ({ payload, occurred_at }) => {
        const { eventType: type, payload: body } = await decode(payload);
        return { event: { type, payload: body } as OrderEvent, at: occurred_at };
      });
      return foldBefore(await Promise.all(events), end);
    },
  };
}

function storedOrder({ lines, pricing, ...row }: Row): StoredOrder {
  return {
    ...row,
    status: row.status as Status,
    lines: (lines ?? []).map(lineIn),
    pricing: pricingIn(pricing),
  };
}
