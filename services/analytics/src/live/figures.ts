import { formatAmount } from '@tradewind/kernel/money.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { startOf } from '#windows/window.ts';

export interface LiveRevenue {
  readonly windowStart: string;
  readonly currency: string;
  readonly gross: string;
  readonly net: string;
  readonly orders: number;
  readonly canceled: number;
}

/** What dashboards show of a tenant, complete in itself: one message replaces the one before. */
export interface LiveFigures {
  /** By the database's clock: of two messages the later one holds. */
  readonly asOf: string;
  readonly today: readonly LiveRevenue[];
  /** The last minutes in which something happened. */
  readonly minutes: readonly LiveRevenue[];
  /** Stages of today's funnel. */
  readonly funnel: Readonly<Record<string, number>>;
}

const MINUTES = 15;

const revenue = `
  select size, start, currency, sum(gross_minor)::bigint as gross, sum(refunded_minor)::bigint as refunded,
    sum(orders)::bigint as orders, sum(canceled)::bigint as canceled
  from window_revenue
  where build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and store_id = $1 and ((size = '1d' and start = $2) or (size = '1m' and start >= $3))
  group by size, start, currency order by start desc, currency`;

const counts = `
  select name, sum(count)::bigint as count from window_counts
  where build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and store_id = $1 and size = '1d' and start = $2 and name not like 'paid-after:%'
  group by name`;

export function readLiveFigures(db: Database, storeId: string): Promise<LiveFigures> {
  return db.transaction(storeId, async (tx) => {
    const now = tx.now.getTime();
    const today = new Date(startOf('1d', now));
    const since = new Date(startOf('1m', now) - (MINUTES - 1) * 60_000);
    const rows = await tx.query<Row>(revenue, [storeId, today, since]);
    const stages = await tx.query<{ name: string; count: bigint }>(counts, [storeId, today]);
    const of = (size: Row['size']) => rows.filter((row) => row.size === size).map(viewOf);
    return {
      asOf: tx.now.toISOString(),
      ...{ today: of('1d'), minutes: of('1m') },
      funnel: Object.fromEntries(stages.map(({ name, count }) => [name, Number(count)])),
    };
  });
}

interface Row {
  readonly size: '1d' | '1m';
  readonly start: Date;
  readonly currency: string;
  readonly gross: bigint;
  readonly refunded: bigint;
  readonly orders: bigint;
  readonly canceled: bigint;
}

const viewOf = ({ start, currency, gross, refunded, orders, canceled }: Row): LiveRevenue => ({
  windowStart: start.toISOString(),
  currency,
  gross: formatAmount(gross, currency),
  net: formatAmount(gross - refunded, currency),
  orders: Number(orders),
  canceled: Number(canceled),
});

/** Whose windows of today have something to show: told once at the start, as a crash may have kept it back. */
export async function tenantsOfToday(systemDb: Database): Promise<string[]> {
  const rows = await systemDb.transaction('', (tx) =>
    tx.query<{ storeId: string }>(
      `select distinct store_id as "storeId" from window_revenue where size = '1d' and start >= $1`,
      [new Date(startOf('1d', tx.now.getTime()))],
    ),
  );
  return rows.map(({ storeId }) => storeId);
}
