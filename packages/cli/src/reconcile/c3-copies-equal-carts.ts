import type { Invariant, Violation } from './invariant.ts';

/** A cart as Redis or Postgres has it. */
export interface CartState {
  readonly cartId: string;
  readonly version: number;
  readonly status: string;
  /** `product×pieces` in their order. */
  readonly items: string;
}

const carts = `
  select cart_id as "cartId", version, status, coalesce((
    select string_agg(product_id || '×' || qty, ' ' order by line) from cart_items i where i.cart_id = c.cart_id), '') as items
  from carts c where cart_id = any($1)`;

interface Copy {
  readonly cartId: string;
  readonly version: number;
  readonly status: string;
  readonly items: readonly { readonly productId: string; readonly qty: number }[];
}

export const copiesEqualCarts: Invariant = {
  id: 'C3',
  title: 'copies of carts in Redis equal Postgres',
  async check(stack) {
    if (!stack.has('cart')) return [];
    // Read before the rows: a copy that is made meanwhile is newer than them, and no copy may be older.
    const copies = (await stack.redisValues('cart:{*}')).map(copyIn);
    const stored = await stack.query<CartState>('cart', carts, [copies.map(({ cartId }) => cartId)]);
    return copyMismatches(copies, stored);
  },
};

function copyIn(value: string): CartState {
  const { cartId, version, status, items } = JSON.parse(value.slice(value.indexOf(' ') + 1)) as Copy;
  return {
    ...{ cartId, version, status },
    items: items.map(({ productId, qty }) => `${productId}×${qty}`).join(' '),
  };
}

/** Pure. */
export function copyMismatches(copies: readonly CartState[], stored: readonly CartState[]): Violation[] {
  const told = ({ version, status, items }: CartState): string => `version ${version} ${status} ${items}`;
  const byId = new Map(stored.map((one) => [one.cartId, told(one)]));
  return copies.flatMap((copy): Violation[] => {
    const row = byId.get(copy.cartId) ?? 'no such cart';
    return row === told(copy) ? [] : [{ subject: copy.cartId, what: `copy: ${told(copy)}; row: ${row}` }];
  });
}
