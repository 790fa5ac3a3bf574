import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { OrderStatus } from './status-change.ts';

/** Reads of the projection `order_status`. */
export interface StatusQueries {
  /** Concurrent calls share a query. */
  find(storeId: string, orderId: string): Promise<OrderStatus | undefined>;
  findAll(storeId: string, orderIds: readonly string[]): Promise<readonly OrderStatus[]>;
  /** A customer's newest orders, oldest first. */
  newestOf(storeId: string, userId: string, limit: number): Promise<readonly OrderStatus[]>;
  /** Orders of these customers that changed lately. */
  changedOf(storeId: string, userIds: readonly string[], minutes: number): Promise<readonly OrderStatus[]>;
  /** Orders of the tenant that changed lately, the last of them in the order of their changes. */
  changed(storeId: string, minutes: number, limit: number): Promise<readonly OrderStatus[]>;
}

const columns = `store_id as "storeId", order_id as "orderId", user_id as "userId", changes`;
const byIds = `select ${columns} from order_status where store_id = $1 and order_id = any($2)`;
const byUser = `
  select * from (
    select ${columns}, created_at from order_status where store_id = $1 and user_id = $2
    order by created_at desc limit $3) newest
  order by created_at`;
const byUsers = `
  select ${columns} from order_status
  where store_id = $1 and user_id = any($2) and updated_at > now() - make_interval(mins => $3)`;
const lately = `
  select * from (
    select ${columns}, updated_at from order_status
    where store_id = $1 and updated_at > now() - make_interval(mins => $2) order by updated_at desc limit $3) latest
  order by updated_at`;

export function statusQueries(db: Database): StatusQueries {
  const query = (storeId: string, text: string, values: readonly unknown[]) =>
    db.transaction(storeId, (tx) => tx.query<OrderStatus>(text, [storeId, ...values]));

  async function load(tx: Transaction, orderIds: readonly string[]): Promise<Map<string, OrderStatus>> {
    const rows = await tx.query<OrderStatus>(byIds, [tx.storeId, orderIds]);
    return new Map(rows.map((row) => [row.orderId, row]));
  }

  const find = groupCommit<{ storeId: string; orderId: string }, OrderStatus | undefined>({
    groupOf: ({ storeId }) => storeId,
    maxBatch: 500,
    restMs: LOOK_UP_REST_MS,
    async run(storeId, wanted) {
      const found = await db.transaction(storeId, (tx) =>
        load(
          tx,
          wanted.map(({ orderId }) => orderId),
        ),
      );
      return wanted.map(({ orderId }) => ({ ok: true, value: found.get(orderId) }));
    },
  });

  return {
    find: (storeId, orderId) => find({ storeId, orderId }),
    findAll: (storeId, orderIds) => query(storeId, byIds, [orderIds]),
    newestOf: (storeId, userId, limit) => query(storeId, byUser, [userId, limit]),
    changedOf: (storeId, userIds, minutes) => query(storeId, byUsers, [userIds, minutes]),
    changed: (storeId, minutes, limit) => query(storeId, lately, [minutes, limit]),
  };
}
