import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Invariant, Violation } from './invariant.ts';
import { foldOrder, TERMINAL, type FoldedOrder } from './order-fold.ts';
import type { RunningStack } from './running-stack.ts';

/** An order's rows, as one line each. */
export interface StoredOrder {
  readonly orderId: string;
  readonly status: string;
  readonly version: number;
  readonly total: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** `<version> <status>` of each row of its history. */
  readonly history: readonly string[];
}

const orders = `
  select o.order_id as "orderId", o.status, o.version, o.total_minor as total, o.captured_minor as captured,
    o.refunded_minor as refunded,
    array(select h.version || ' ' || h.status from order_status_history h where h.order_id = o.order_id
      order by h.version) as history
  from orders o where o.order_id > $1 order by o.order_id limit 5000`;

const stream = `
  select order_id as "orderId", version, payload from order_events where order_id > $1 and order_id <= $2
  order by order_id, version`;

export const orderIsFoldOfEvents: Invariant = {
  id: 'I2',
  title: 'an order has at most one terminal state, and its history is the fold of its events',
  async check(stack) {
    if (!stack.has('order')) return [];
    const found: Violation[] = [];
    for (let after = ''; ;) {
      const page = await stack.query<StoredOrder>('order', orders, [after]);
      const last = page.at(-1)?.orderId;
      if (last === undefined) return found;
      const folded = await foldPage(stack, after, last, found);
      for (const order of page) found.push(...differences(order, folded.get(order.orderId)));
      after = last;
    }
  },
};

async function foldPage(stack: RunningStack, after: string, last: string, found: Violation[]) {
  const rows = await stack.query<{ orderId: string; version: number; payload: Buffer }>('order', stream, [
    after,
    last,
  ]);
  await stack.schemas.prepare(rows.map(({ payload }) => payload));
  const folded = new Map<string, FoldedOrder>();
  for (const { orderId, version, payload } of rows) {
    // All their schemas were fetched just now: decoding answers at once.
    const event = stack.schemas.decode(payload) as AnyEvent;
    const next = foldOrder(folded.get(orderId), event);
    folded.set(orderId, next);
    if (version !== next.version || event.aggregateVersion !== version || event.partitionKey !== orderId) {
      found.push({
        subject: orderId,
        what: `its event ${next.version} stands at ${version} and says ${event.partitionKey} ${event.aggregateVersion}`,
      });
    }
  }
  return folded;
}

/** What an order's rows say otherwise than its events. Pure. */
export function differences(order: StoredOrder, folded: FoldedOrder | undefined): Violation[] {
  const subject = order.orderId;
  if (folded === undefined) return [{ subject, what: 'has no events' }];
  const ends = order.history.filter((line) => TERMINAL.includes(line.split(' ')[1] ?? ''));
  const told = (it: Omit<StoredOrder, 'orderId'> | FoldedOrder): string =>
    `${it.status} v${it.version} total ${it.total} captured ${it.captured} refunded ${it.refunded}`;
  return [
    ...(ends.length > 1 ? [{ subject, what: `ends more than once: ${ends.join(', ')}` }] : []),
    ...(told(order) === told(folded)
      ? []
      : [{ subject, what: `row: ${told(order)}; events: ${told(folded)}` }]),
    ...(order.history.join() === folded.history.join()
      ? []
      : [{ subject, what: `history: ${order.history.join(', ')}; events: ${folded.history.join(', ')}` }]),
  ];
}
