import type { Invariant, Violation } from './invariant.ts';

export interface ClosedCart {
  readonly cartId: string;
  readonly storeId: string;
  readonly status: string;
  readonly userId: string | null;
  readonly orderId: string | null;
  /** `product×pieces` of all its lines, sorted. */
  readonly items: string | null;
}

export interface MadeOrder {
  readonly orderId: string;
  readonly storeId: string;
  readonly userId: string;
  readonly items: string | null;
}

/** An order that was made under a cart's key, as long as keys are remembered. */
export interface KeyedOrder {
  readonly storeId: string;
  readonly cartId: string;
  readonly orderId: string;
}

const itemsOf = (table: string, id: string, owner: string): string => `
  (select string_agg(product_id || '×' || qty, ' ' order by product_id) from
    (select product_id, sum(qty) as qty from ${table} i where i.${id} = ${owner}.${id} group by 1) l) as items`;

const carts = `
  select cart_id as "cartId", store_id as "storeId", status, user_id as "userId", order_id as "orderId",
    ${itemsOf('cart_items', 'cart_id', 'c')}
  from carts c where order_id is not null or cart_id = any($1)`;

const orders = `
  select order_id as "orderId", store_id as "storeId", user_id as "userId", ${itemsOf('order_items', 'order_id', 'o')}
  from orders o where order_id = any($1)`;

const keys = `
  select store_id as "storeId", substr(key, 6) as "cartId", body::jsonb->>'orderId' as "orderId"
  from idempotency_keys
  where principal = 'cart' and route = 'POST /api/v1/orders' and status = 201 and key like 'cart-%'`;

export const cartIsOneOrder: Invariant = {
  id: 'C1',
  title: 'a cart is checked out if and only if its order exists, with the same customer and lines',
  async check(stack) {
    if (!stack.has('cart', 'order')) return [];
    const keyed = await stack.query<KeyedOrder>('order', keys);
    const closed = await stack.query<ClosedCart>('cart', carts, [keyed.map(({ cartId }) => cartId)]);
    const wanted = closed.flatMap(({ orderId }) => orderId ?? []);
    const made = await stack.query<MadeOrder>('order', orders, [wanted]);
    return cartMismatches(closed, made, keyed);
  },
};

/** Pure. */
export function cartMismatches(
  carts: readonly ClosedCart[],
  orders: readonly MadeOrder[],
  keyed: readonly KeyedOrder[],
): Violation[] {
  const byOrder = new Map(orders.map((one) => [one.orderId, one]));
  const byCart = new Map(carts.map((one) => [`${one.storeId} ${one.cartId}`, one]));
  return [
    ...carts.flatMap(({ cartId, storeId, userId, orderId, items }): Violation[] => {
      if (orderId === null) return [];
      const order = byOrder.get(orderId);
      if (!order) return [{ subject: cartId, what: `its order ${orderId} does not exist` }];
      const same = order.storeId === storeId && order.userId === userId && order.items === items;
      if (same) return [];
      const told = `${storeId} ${userId ?? ''} ${items ?? ''}`;
      const found = `${order.storeId} ${order.userId} ${order.items ?? ''}`;
      return [{ subject: cartId, what: `says ${told}; its order ${orderId} says ${found}` }];
    }),
    ...keyed.flatMap(({ storeId, cartId, orderId }): Violation[] => {
      const cart = byCart.get(`${storeId} ${cartId}`);
      if (cart?.orderId === orderId) return [];
      const state = cart ? `${cart.status} with order ${cart.orderId ?? 'none'}` : 'missing';
      return [{ subject: cartId, what: `order ${orderId} was made for it, and it is ${state}` }];
    }),
  ];
}
