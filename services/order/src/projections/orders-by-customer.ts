import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { capturedRow } from '@tradewind/outbox/captured-row.ts';
import { projection } from '@tradewind/outbox/projection.ts';

const CAPTURED = 'cdc.order.public.orders';

export interface CustomerOrderRow {
  order_id: string;
  user_id: string;
  status: string;
  /** Minor units. */
  total_minor: number;
  currency: string;
  item_count: number;
  items: readonly { productId: string; qty: number; price_minor: number }[];
  version: number;
  created_at: string;
  updated_at: string;
  /** As change data capture tells it, where that runs; it may be ahead of the events, or behind. */
  captured_status?: string | null;
  captured_version?: number | null;
}

/** Each customer's orders, newest first: what `GET /orders?customer=me` shows. */
export const ordersByCustomer = projection<CustomerOrderRow>({
  name: 'orders_by_customer',
  topics: ['ecommerce.order.order'],
  captured: [CAPTURED],
  key: 'order_id',
  keyOf: (event) => event.partitionKey,
  store: {
    kind: 'cassandra',
    cassandra: {
      columns: {
        ...{ user_id: 'text', order_id: 'text', status: 'text', total_minor: 'bigint', currency: 'text' },
        ...{
          item_count: 'int',
          items: 'json',
          version: 'int',
          created_at: 'timestamp',
          updated_at: 'timestamp',
        },
        ...{ captured_status: 'text', captured_version: 'int' },
      },
      partition: ['user_id'],
      // Ids sort by time: the order of the list, and what its cursor holds.
      clustering: [['order_id', 'desc']],
      placeOf: (event) => ({ user_id: ownerOf(event), order_id: event.partitionKey }),
      columnsOf: { [CAPTURED]: ['captured_status', 'captured_version'] },
    },
  },
  evolve(row, event) {
    const captured = capturedRow(event, CAPTURED);
    if (captured) {
      const { status, version } = captured;
      // The row may be told before its first event: what else there is to know comes with that.
      const known = row ?? ({ order_id: captured.order_id, user_id: captured.user_id } as CustomerOrderRow);
      return { ...known, captured_status: status, captured_version: version };
    }
    const at = { version: event.aggregateVersion, updated_at: event.occurredAt.toISOString() };
    if (event.eventType === 'ecommerce.order.order.created.v1') {
      const { orderId, userId, status, totalAmount, currency, items, createdAt } = event.payload;
      const minor = (amount: typeof totalAmount) => Number(fromDecimal(amount, currency));
      return {
        ...row,
        ...at,
        order_id: orderId,
        user_id: userId,
        status,
        total_minor: minor(totalAmount),
        currency,
        item_count: items.reduce((sum, { qty }) => sum + qty, 0),
        items: items.map(({ productId, qty, price }) => ({ productId, qty, price_minor: minor(price) })),
        created_at: createdAt.toISOString(),
      };
    }
    // Every event of an order says the status after it.
    const { status } = event.payload as { status: string };
    return isWhole(row) ? { ...row, ...at, status } : row;
  },
  isWhole: (row) => isWhole(row),
  parity: {
    source: `select store_id, order_id as key, concat_ws(' ', user_id, status, total_minor, currency, version) as digest
      from orders`,
    digest: `concat_ws(' ', p.user_id, case when p.captured_version > p.version then p.captured_status else p.status end,
      p.total_minor, p.currency, greatest(p.version, p.captured_version))`,
  },
});

/** False for a row of which only change data capture has told. */
export const isWhole = (row: CustomerOrderRow | undefined): row is CustomerOrderRow =>
  typeof row?.version === 'number';

/** What a customer is shown: the newer of the two tellings. */
export function shownStatus({ status, version, captured_status, captured_version }: CustomerOrderRow) {
  return captured_status && captured_version && captured_version > version
    ? { status: captured_status, version: captured_version }
    : { status, version };
}

function ownerOf(event: AnyEvent): string {
  // Every event of an order says whose it is.
  return capturedRow(event, CAPTURED)?.user_id ?? (event.payload as { userId: string }).userId;
}
