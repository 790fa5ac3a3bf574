import type { Database } from '@tradewind/postgres/database.ts';
import { queryBuilder } from '@tradewind/postgres/query-builder.ts';
import type { Tables } from '#tables.ts';

const qb = queryBuilder<Tables>();

/** A customer's orders from the projection, newest first, older than `before`: order ids sort by time. */
export function customerOrders(
  db: Database,
  storeId: string,
  userId: string,
  limit: number,
  before: string | undefined,
): Promise<Tables['orders_by_customer'][]> {
  let query = qb
    .selectFrom('orders_by_customer')
    .select([
      ...(['order_id', 'user_id', 'status', 'total_minor', 'currency', 'item_count', 'items'] as const),
      ...(['version', 'created_at', 'updated_at'] as const),
    ])
    .where('user_id', '=', userId)
    .orderBy('order_id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('order_id', '<', before);
  return db.transaction(storeId, (tx) => tx.run(query));
}
