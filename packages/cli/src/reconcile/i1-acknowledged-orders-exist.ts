import { recordsOf, type LogRecord } from './event-log.ts';
import { without, type Invariant, type Violation } from './invariant.ts';

const CREATED = 'ecommerce.order.order.created.v1';

/** What a client was told of is stored, and what is stored was announced. */
export const acknowledgedOrdersExist: Invariant = {
  id: 'I1',
  title: 'every order acknowledged to a client exists',
  async check(stack) {
    if (!stack.has('order')) return [];
    const rows = await stack.query<{ orderId: string }>('order', 'select order_id as "orderId" from orders');
    const stored = new Set(rows.map(({ orderId }) => orderId));
    const events = await stack.events();
    return [
      ...lost(stack.acknowledged ?? new Set(), stored),
      ...unannounced(stored, recordsOf(events, 'ecommerce.order.order')),
    ];
  },
};

export const lost = (acknowledged: ReadonlySet<string>, stored: ReadonlySet<string>): Violation[] =>
  without(acknowledged, stored).map((orderId) => ({
    subject: orderId,
    what: 'was acknowledged to a client and is not stored',
  }));

export function unannounced(stored: ReadonlySet<string>, records: Iterable<LogRecord>): Violation[] {
  const created = new Set<string>();
  for (const { eventType, key } of records) if (eventType === CREATED) created.add(key);
  return [
    ...without(stored, created).map((subject) => ({ subject, what: 'has no created event in Kafka' })),
    ...without(created, stored).map((subject) => ({ subject, what: 'is in Kafka and not stored' })),
  ];
}
