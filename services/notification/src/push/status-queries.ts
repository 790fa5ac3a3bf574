import { liveReader } from '@tradewind/outbox/live-version.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, LOOK_UP_REST_MS } from '@tradewind/postgres/group-commit.ts';
import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import { orderStatus } from '#projections/order-status.ts';
import { redisStatuses, type StatusesIn } from './redis-statuses.ts';
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

export function statusQueries(db: Database, stores: Pick<Stores, 'has' | 'redis'>): StatusQueries {
  const live = liveReader(db, orderStatus, stores);
  const tables = inPostgres(db);
  const ask = <T>(question: (statuses: StatusesIn) => Promise<T>): Promise<T> =>
    live((at) => question(at.store === 'redis' ? redisStatuses(stores, at.version) : tables));

  const find = groupCommit<{ storeId: string; orderId: string }, OrderStatus | undefined>({
    groupOf: ({ storeId }) => storeId,
    maxBatch: 500,
    restMs: LOOK_UP_REST_MS,
    async run(storeId, wanted) {
      const ids = wanted.map(({ orderId }) => orderId);
      const rows = await ask((statuses) => statuses.findAll(storeId, ids));
      const found = new Map(rows.map((row) => [row.orderId, row]));
      return wanted.map(({ orderId }) => ({ ok: true, value: found.get(orderId) }));
    },
  });

  return {
    find: (storeId, orderId) => find({ storeId, orderId }),
    findAll: (...which) => ask((statuses) => statuses.findAll(...which)),
    newestOf: (...which) => ask((statuses) => statuses.newestOf(...which)),
    changedOf: (...which) => ask((statuses) => statuses.changedOf(...which)),
    changed: (...which) => ask((statuses) => statuses.changed(...which)),
  };
}

function inPostgres(db: Database): StatusesIn {
  const query = (storeId: string, text: string, values: readonly unknown[]) =>
    db.transaction(storeId, (tx) => tx.query<OrderStatus>(text, [storeId, ...values]));
  return {
    findAll: (storeId, orderIds) => query(storeId, byIds, [orderIds]),
    newestOf: (storeId, userId, limit) => query(storeId, byUser, [userId, limit]),
    changedOf: (storeId, userIds, minutes) => query(storeId, byUsers, [userIds, minutes]),
    changed: (storeId, minutes, limit) => query(storeId, lately, [minutes, limit]),
  };
}
