import type { Invariant, Violation } from './invariant.ts';

export interface SoldOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly reservationId: string;
  readonly status: string;
  /** `product×pieces` of all its lines, sorted. */
  readonly items: string;
}

export interface Reserved {
  readonly storeId: string;
  readonly reservationId: string;
  readonly orderId: string | null;
  readonly state: string;
  readonly items: string;
  /** Held longer than it may be. */
  readonly overdue: boolean;
}

const orders = `
  select order_id as "orderId", store_id as "storeId", reservation_id as "reservationId", status,
    (select string_agg(product_id || '×' || qty, ' ' order by product_id) from
      (select product_id, sum(qty) as qty from order_items i where i.order_id = o.order_id group by 1) l) as items
  from orders o`;

const reservations = `
  select store_id as "storeId", reservation_id as "reservationId", min(order_id) as "orderId", min(state) as state,
    string_agg(product_id || '×' || qty, ' ' order by product_id) as items, bool_or(overdue) as overdue
  from (
    select store_id, reservation_id, product_id, state, min(order_id) as order_id, sum(qty) as qty,
      bool_or(state = 'HELD' and coalesce(expires_at < now() - interval '60 seconds', true)) as overdue
    from stock_reservation group by 1, 2, 3, 4) l
  group by store_id, reservation_id`;

export const soldIsCommitted: Invariant = {
  id: 'I4',
  title: "FULFILLED/PAID orders' items = COMMITTED reservations; nothing HELD belongs to a closed order",
  async check(stack) {
    if (!stack.has('order', 'inventory')) return [];
    const [sold, reserved] = await Promise.all([
      stack.query<SoldOrder>('order', orders),
      stack.query<Reserved>('inventory', reservations),
    ]);
    return mismatches(sold, reserved);
  },
};

/** States that a reservation may be in, by the status of its order. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  // A lapsed reservation closes its order only when the order's own time is over; staff may release or sell it before.
  PENDING: ['HELD', 'EXPIRED', 'RELEASED', 'COMMITTED'],
  PAYMENT_PENDING: ['HELD', 'COMMITTED'],
  PAID: ['COMMITTED'],
  FULFILLED: ['COMMITTED'],
  RETURNED: ['COMMITTED', 'RELEASED'],
  CANCELED: ['RELEASED', 'EXPIRED'],
  EXPIRED: ['RELEASED', 'EXPIRED'],
};

/** Pure. */
export function mismatches(orders: readonly SoldOrder[], reservations: readonly Reserved[]): Violation[] {
  const byName = new Map(reservations.map((one) => [`${one.storeId} ${one.reservationId}`, one]));
  const known = new Set(orders.map(({ orderId }) => orderId));
  const wrong = orders.flatMap(({ orderId, storeId, reservationId, status, items }): Violation[] => {
    const found = byName.get(`${storeId} ${reservationId}`);
    if (found === undefined) return [{ subject: orderId, what: `is ${status} and has no reservation` }];
    if (!(allowed[status] ?? []).includes(found.state))
      return [{ subject: orderId, what: `is ${status} and its reservation ${found.state}` }];
    if (found.items !== items)
      return [{ subject: orderId, what: `sells ${items}; reserved are ${found.items}` }];
    return [];
  });
  const left = reservations
    .filter(({ orderId, overdue }) => overdue && orderId !== null && !known.has(orderId))
    .map(({ reservationId, orderId }) => ({
      subject: reservationId,
      what: `is HELD past its time for order ${orderId ?? ''}, which does not exist`,
    }));
  return [...wrong, ...left];
}
