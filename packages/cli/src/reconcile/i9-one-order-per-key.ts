import type { Invariant, Violation } from './invariant.ts';

export interface StoredReply {
  readonly key: string;
  readonly orderId: string | null;
  readonly exists: boolean;
}

const replies = `
  select k.store_id || ' ' || k.principal || ' ' || k.key as key, k.body::jsonb->>'orderId' as "orderId",
    o.order_id is not null as exists
  from idempotency_keys k left join orders o on o.order_id = k.body::jsonb->>'orderId' and o.store_id = k.store_id
  where k.route = 'POST /api/v1/orders' and k.status = 201
  order by k.created_at, key`;

export const oneOrderPerKey: Invariant = {
  id: 'I9',
  title: 'one order per idempotency key',
  async check(stack) {
    if (!stack.has('order')) return [];
    return sharedOrLost(await stack.query<StoredReply>('order', replies));
  },
};

/** Pure. */
export function sharedOrLost(stored: readonly StoredReply[]): Violation[] {
  const keyOf = new Map<string, string>();
  return stored.flatMap(({ key, orderId, exists }): Violation[] => {
    if (orderId === null) return [{ subject: key, what: 'its reply names no order' }];
    if (!exists) return [{ subject: key, what: `its order ${orderId} does not exist` }];
    const other = keyOf.get(orderId);
    keyOf.set(orderId, key);
    return other === undefined
      ? []
      : [{ subject: key, what: `its order ${orderId} is also that of ${other}` }];
  });
}
