import { formatAmount } from '@tradewind/kernel/money.ts';
import { liveReader } from '@tradewind/outbox/live-version.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Stores } from '@tradewind/projection-stores/open-stores.ts';
import { orderStatus } from '#projections/order-status.ts';

/** What operators see of a tenant's orders. */
export interface DashboardFigures {
  /** Orders by their status of now. */
  readonly orders: Readonly<Record<string, number>>;
  /** Made within the last 60 seconds. */
  readonly ordersPerMinute: number;
  /** Of orders that are paid and not given back, by currency, as decimal strings. */
  readonly revenue: Readonly<Record<string, string>>;
}

/** The one source of the figures of `/sse/metrics`. */
export type ReadDashboard = (storeId: string) => Promise<DashboardFigures>;

const sums = `
  select status, currency, count(*) as orders, sum(total_minor)::bigint as minor
  from order_status where store_id = $1 group by status, currency order by status, currency`;
const lately = `
  select count(*) as orders from order_status where store_id = $1 and created_at > now() - interval '60 seconds'`;

const PAID: ReadonlySet<string> = new Set(['PAID', 'FULFILLED']);

interface Sum {
  readonly status: string;
  readonly currency: string;
  readonly orders: bigint;
  readonly minor: bigint;
}

/** From the projection: nothing is counted in memory, so the figures are right after any restart. */
export function dashboardOf(db: Database, stores: Pick<Stores, 'has' | 'redis'>): ReadDashboard {
  const live = liveReader(db, orderStatus, stores);
  return (storeId) =>
    live((at) => (at.store === 'redis' ? fromRedis(stores, at.version, storeId) : fromPostgres(db, storeId)));
}

const fromPostgres = (db: Database, storeId: string): Promise<DashboardFigures> =>
  db.transaction(storeId, async (tx) => {
    const rows = await tx.query<Sum>(sums, [storeId]);
    const [recent] = await tx.query<{ orders: bigint }>(lately, [storeId]);
    return figures(rows, Number(recent?.orders ?? 0n));
  });

async function fromRedis(
  stores: Pick<Stores, 'redis'>,
  version: number,
  storeId: string,
): Promise<DashboardFigures> {
  const redis = await stores.redis();
  const since = Date.now() - 60_000;
  const [rows, recent] = await Promise.all([
    redis.sums(orderStatus, version, storeId),
    redis.count(orderStatus, version, storeId, { score: 'created_at', by: [], since }),
  ]);
  const list = rows.map(({ by: [status = '', currency = ''], count, sum }) => ({
    ...{ status, currency, orders: BigInt(count), minor: sum },
  }));
  const name = (one: Sum) => `${one.status} ${one.currency}`;
  return figures(
    list.toSorted((a, b) => (name(a) < name(b) ? -1 : 1)),
    recent,
  );
}

function figures(rows: readonly Sum[], ordersPerMinute: number): DashboardFigures {
  const orders: Record<string, number> = {};
  const minor: Record<string, bigint> = {};
  for (const row of rows) {
    orders[row.status] = (orders[row.status] ?? 0) + Number(row.orders);
    if (PAID.has(row.status)) minor[row.currency] = (minor[row.currency] ?? 0n) + row.minor;
  }
  const revenue = Object.entries(minor).map(([currency, sum]) => [currency, formatAmount(sum, currency)]);
  return { orders, ordersPerMinute, revenue: Object.fromEntries(revenue) as Record<string, string> };
}
