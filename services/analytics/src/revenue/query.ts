import type { Database } from '@tradewind/postgres/database.ts';
import type { Range } from '#input.ts';
import type { WindowSize } from '#windows/window.ts';

export interface RevenueRow {
  readonly start: Date;
  readonly currency: string;
  readonly gross: bigint;
  readonly refunded: bigint;
  readonly orders: bigint;
  readonly refunds: bigint;
  readonly canceled: bigint;
  readonly late: bigint;
}

/** The last window shown: its begin, and its currency. */
export type RevenuePlace = readonly [start: number, currency: string];

export interface RevenueFilter extends Range {
  readonly size: WindowSize;
  readonly currency: string | undefined;
  readonly after: RevenuePlace | undefined;
  readonly limit: number;
}

const select = `
  select start, currency, sum(gross_minor)::bigint as gross, sum(refunded_minor)::bigint as refunded,
    sum(orders)::bigint as orders, sum(refunds)::bigint as refunds, sum(canceled)::bigint as canceled,
    sum(late)::bigint as late
  from window_revenue
  where build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and store_id = $1 and size = $2
    and ($3::timestamptz is null or start >= $3) and ($4::timestamptz is null or start < $4)
    and ($5::text is null or currency = $5)
    and ($6::timestamptz is null or start < $6 or (start = $6 and currency > $7))
  group by start, currency order by start desc, currency limit $8`;

const time = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

/** Windows in which something happened, newest first. */
export function readRevenue(
  db: Database,
  storeId: string,
  { size, from, to, currency, after, limit }: RevenueFilter,
): Promise<{ readonly now: Date; readonly rows: readonly RevenueRow[] }> {
  return db.transaction(storeId, async (tx) => {
    const range = [time(from), time(to), currency ?? null];
    const rows = await tx.query<RevenueRow>(select, [
      ...[storeId, size, ...range],
      ...[time(after?.[0]), after?.[1] ?? null, limit],
    ]);
    return { now: tx.now, rows };
  });
}
