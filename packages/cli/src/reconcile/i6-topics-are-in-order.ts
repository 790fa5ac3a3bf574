import type { Invariant, Violation } from './invariant.ts';
import { checkTopic, compareVersions } from './stream-order.ts';

/** Where the versions of each topic's aggregates stand. */
const sources: Readonly<Record<string, { database: string; text: string }>> = {
  'ecommerce.order.order': {
    database: 'order',
    text: `select store_id || ' ' || order_id as aggregate, version from orders`,
  },
  'ecommerce.inventory.stock': {
    database: 'inventory',
    text: `select store_id || ' ' || product_id as aggregate, version from product_stock`,
  },
  'ecommerce.product.product': {
    database: 'product',
    text: `select store_id || ' ' || product_id as aggregate, version from products`,
  },
  'ecommerce.cart.cart': {
    database: 'cart',
    // Most changes of a cart have no event: those that have are counted apart.
    text: `select store_id || ' ' || cart_id as aggregate, stream_version as version from carts where stream_version > 0`,
  },
  'ecommerce.identity.customer': {
    database: 'identity',
    text: `select store_id || ' ' || customer_id as aggregate, events as version from customers where events > 0`,
  },
  'ecommerce.notification.notification': {
    database: 'notification',
    text: `select store_id || ' ' || recipient as aggregate, events as version from notification_recipients`,
  },
  'ecommerce.payment.payment': {
    database: 'payment_adapter',
    text: `select store_id || ' ' || order_id as aggregate, version from payment_orders`,
  },
};

export const topicsAreInOrder: Invariant = {
  id: 'I6',
  title: 'aggregate versions are dense; every event is in Kafka; one partition per key, in version order',
  async check(stack) {
    const found: Violation[] = [];
    for (const log of (await stack.events()).values()) {
      const { lastVersions, violations } = checkTopic(log);
      found.push(...violations);
      const source = sources[log.topic];
      if (source === undefined || !stack.has(source.database)) continue;
      const rows = await stack.query<{ aggregate: string; version: number }>(source.database, source.text);
      const stored = new Map(rows.map(({ aggregate, version }) => [aggregate, version]));
      found.push(...compareVersions(log.topic, stored, lastVersions));
    }
    return found;
  },
};
