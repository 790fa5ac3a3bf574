import { liveReader } from '@tradewind/outbox/live-version.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { queryBuilder } from '@tradewind/postgres/query-builder.ts';
import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import {
  type CustomerOrderRow,
  isWhole,
  ordersByCustomer,
  shownStatus,
} from '#projections/orders-by-customer.ts';
import type { Tables } from '#tables.ts';

const qb = queryBuilder<Tables>();

type Order = Omit<CustomerOrderRow, 'captured_status' | 'captured_version'>;

/** A customer's orders from the projection, newest first, older than `before`: order ids sort by time. */
export interface CustomerOrders {
  (storeId: string, userId: string, limit: number, before: string | undefined): Promise<Order[]>;
}

export function customerOrders(db: Database, stores: Pick<Stores, 'has' | 'cassandra'>): CustomerOrders {
  const live = liveReader(db, ordersByCustomer, stores);
  const inCassandra = fromCassandra(stores);
  return (storeId, userId, limit, before) =>
    live((at) =>
      at.store === 'cassandra'
        ? inCassandra(at.version, storeId, userId, limit, before)
        : fromPostgres(db, storeId, userId, limit, before),
    );
}

async function fromPostgres(
  db: Database,
  storeId: string,
  userId: string,
  limit: number,
  before: string | undefined,
): Promise<Order[]> {
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
  const rows = await db.transaction(storeId, (tx) => tx.run(query));
  return rows.map(({ total_minor, created_at, updated_at, ...row }) => ({
    ...row,
    total_minor: Number(total_minor),
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }));
}

function fromCassandra(stores: Pick<Stores, 'cassandra'>) {
  return async (
    version: number,
    storeId: string,
    userId: string,
    limit: number,
    before: string | undefined,
  ): Promise<Order[]> => {
    const cassandra = await stores.cassandra();
    const orders: Order[] = [];
    let after = before;
    // Rows of which only change data capture has told are left out, so that a page may need another look.
    for (;;) {
      const wanted = { partition: [userId], after, limit: limit - orders.length };
      const rows = (await cassandra.page(
        ordersByCustomer,
        version,
        storeId,
        wanted,
      )) as unknown as CustomerOrderRow[];
      orders.push(...rows.filter(isWhole).map((row) => ({ ...row, ...shownStatus(row) })));
      after = rows.at(-1)?.order_id;
      if (orders.length >= limit || rows.length < wanted.limit) return orders;
    }
  };
}
