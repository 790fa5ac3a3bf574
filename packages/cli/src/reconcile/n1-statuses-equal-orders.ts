import type { Invariant, Violation } from './invariant.ts';
import type { RunningStack } from './running-stack.ts';
import { toldStatuses } from './told-statuses.ts';

/** An order as one of the two services knows it. */
export interface KnownOrder {
  readonly storeId: string;
  readonly orderId: string;
  /** Owner, status, amount. */
  readonly facts: string;
}

const PAGE = 20_000;
const page = `
  select store_id as "storeId", order_id as "orderId", concat_ws(' ', user_id, status, total_minor, currency) as facts
  from orders where (store_id, order_id) > ($1, $2) order by store_id, order_id limit ${PAGE}`;

export const statusesEqualOrders: Invariant = {
  id: 'N1',
  title: 'what clients are told of orders equals the orders',
  async check(stack) {
    if (!stack.has('notification', 'order')) return [];
    const [orders, told] = await Promise.all([ordersOf(stack), toldBy(stack)]);
    return statusMismatches(orders, told);
  },
};

async function toldBy(stack: RunningStack): Promise<KnownOrder[]> {
  const all: KnownOrder[] = [];
  for await (const rows of toldStatuses(stack)) {
    for (const { store_id, order_id, user_id, status, total_minor, currency } of rows)
      all.push({
        storeId: store_id,
        orderId: order_id,
        facts: `${user_id} ${status} ${total_minor} ${currency}`,
      });
  }
  return all;
}

async function ordersOf(stack: RunningStack): Promise<KnownOrder[]> {
  const all: KnownOrder[] = [];
  for (;;) {
    const last = all.at(-1);
    const rows = await stack.query<KnownOrder>('order', page, [last?.storeId ?? '', last?.orderId ?? '']);
    all.push(...rows);
    if (rows.length < PAGE) return all;
  }
}

/** Pure. */
export function statusMismatches(orders: readonly KnownOrder[], told: readonly KnownOrder[]): Violation[] {
  const keyOf = ({ storeId, orderId }: KnownOrder): string => `${storeId} ${orderId}`;
  const left = new Map(told.map((one) => [keyOf(one), one.facts]));
  const violations: Violation[] = [];
  for (const order of orders) {
    const shown = left.get(keyOf(order)) ?? 'nothing';
    left.delete(keyOf(order));
    if (shown !== order.facts)
      violations.push({ subject: order.orderId, what: `order: ${order.facts}; told: ${shown}` });
  }
  for (const [key, shown] of left) violations.push({ subject: key, what: `told: ${shown}; no such order` });
  return violations;
}
