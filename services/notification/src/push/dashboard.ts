import { formatAmount } from '@tradewind/kernel/money.ts';
import type { Database } from '@tradewind/postgres/database.ts';

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

/** From the projection: nothing is counted in memory, so the figures are right after any restart. */
export function dashboardOf(db: Database): ReadDashboard {
  return (storeId) =>
    db.transaction(storeId, async (tx) => {
      type Row = { status: string; currency: string; orders: bigint; minor: bigint };
      const rows = await tx.query<Row>(sums, [storeId]);
      const [recent] = await tx.query<{ orders: bigint }>(lately, [storeId]);
      const orders: Record<string, number> = {};
      const minor: Record<string, bigint> = {};
      for (const row of rows) {
        orders[row.status] = (orders[row.status] ?? 0) + Number(row.orders);
        if (PAID.has(row.status)) minor[row.currency] = (minor[row.currency] ?? 0n) + row.minor;
      }
      const revenue = Object.entries(minor).map(([currency, sum]) => [currency, formatAmount(sum, currency)]);
      return {
        orders,
        ordersPerMinute: Number(recent?.orders ?? 0n),
        revenue: Object.fromEntries(revenue) as Record<string, string>,
      };
    });
}
