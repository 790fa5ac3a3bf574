import { fromDecimal } from '@tradewind/contracts/decimal.ts';
import { projection } from '@tradewind/outbox/projection.ts';

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
}

/** Each customer's orders, newest first: what `GET /orders?customer=me` shows. */
export const ordersByCustomer = projection<CustomerOrderRow>({
  name: 'orders_by_customer',
  topics: ['ecommerce.order.order'],
  key: 'order_id',
  keyOf: (event) => event.partitionKey,
  evolve(row, event) {
    const at = { version: event.aggregateVersion, updated_at: event.occurredAt.toISOString() };
    if (event.eventType === 'ecommerce.order.order.created.v1') {
      const { orderId, userId, status, totalAmount, currency, items, createdAt } = event.payload;
      const minor = (amount: typeof totalAmount) => Number(fromDecimal(amount, currency));
      return {
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
    return row ? { ...row, ...at, status } : undefined;
  },
  parity: {
    source: `select store_id, order_id as key, concat_ws(' ', user_id, status, total_minor, currency, version) as digest
      from orders`,
    digest: `concat_ws(' ', p.user_id, p.status, p.total_minor, p.currency, p.version)`,
  },
});
