import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import { orderStatus, type OrderStatusRow } from '#projections/order-status.ts';
import type { StatusQueries } from './status-queries.ts';
import type { OrderStatus } from './status-change.ts';

/** More orders of one customer than any client follows within minutes. */
const MOST_OF_CUSTOMER = 1_000;
const MINUTE_MS = 60_000;

type Row = OrderStatusRow & { readonly store_id: string };

/** The questions of `StatusQueries` to a version in Redis, but for `find`, which gathers calls itself. */
export type StatusesIn = Omit<StatusQueries, 'find'>;

export function redisStatuses(stores: Pick<Stores, 'redis'>, version: number): StatusesIn {
  const newest = async (
    storeId: string,
    by: readonly string[],
    score: string,
    limit: number,
    minutes?: number,
  ) => {
    const since = minutes === undefined ? {} : { since: Date.now() - minutes * MINUTE_MS };
    const redis = await stores.redis();
    const rows = await redis.newest(orderStatus, version, storeId, { by, score, limit, ...since });
    return rows.map((row) => statusOf(row as unknown as Row)).reverse();
  };
  return {
    async findAll(storeId, orderIds) {
      const rows = await (await stores.redis()).find(orderStatus, version, storeId, orderIds);
      return [...rows.values()].map((row) => statusOf(row as unknown as Row));
    },
    newestOf: (storeId, userId, limit) => newest(storeId, [userId], 'created_at', limit),
    async changedOf(storeId, userIds, minutes) {
      const each = userIds.map((userId) =>
        newest(storeId, [userId], 'updated_at', MOST_OF_CUSTOMER, minutes),
      );
      return (await Promise.all(each)).flat();
    },
    changed: (storeId, minutes, limit) => newest(storeId, [], 'updated_at', limit, minutes),
  };
}

const statusOf = ({ store_id, order_id, user_id, changes }: Row): OrderStatus => ({
  ...{ storeId: store_id, orderId: order_id, userId: user_id, changes },
});
