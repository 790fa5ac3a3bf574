import type { Database } from '@tradewind/postgres/database.ts';

export interface CartFinder {
  /** The cart that a token was made for, whatever became of it. */
  byToken(storeId: string, tokenHash: string): Promise<string | undefined>;
  /** The customer's latest cart that is still to be filled. */
  latestOf(storeId: string, userId: string): Promise<string | undefined>;
}

const byToken = `select cart_id as "cartId" from carts where token_hash = $1`;
const latest = `
  select cart_id as "cartId" from carts where store_id = $1 and user_id = $2 and status in ('OPEN', 'ABANDONED')
  order by cart_id desc limit 1`;

export function cartFinder(db: Database): CartFinder {
  const find = (storeId: string, text: string, values: readonly unknown[]) =>
    db.transaction(storeId, async (tx) => (await tx.query<{ cartId: string }>(text, values))[0]?.cartId);
  return {
    byToken: (storeId, tokenHash) => find(storeId, byToken, [tokenHash]),
    latestOf: (storeId, userId) => find(storeId, latest, [storeId, userId]),
  };
}
