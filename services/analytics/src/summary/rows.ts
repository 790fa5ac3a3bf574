import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { SalesSummary } from './summarize.ts';

export interface SummaryRow {
  /** The date. */
  readonly day: string;
  readonly revision: number;
  readonly digest: string;
  readonly summary: SalesSummary;
  readonly watermark: Date;
  readonly readyAt: Date;
  readonly computedAt: Date;
}

export interface Computed {
  readonly summary: SalesSummary;
  readonly digest: string;
  readonly changes: bigint;
  readonly watermark: Date;
  readonly at: Date;
}

const columns = `to_char(day, 'YYYY-MM-DD') as day, revision, digest, summary, watermark, ready_at as "readyAt",
  computed_at as "computedAt"`;

const same = `
  update sales_summary set changes = $4
  where store_id = $1 and day = $2::date and digest = $3
    and revision = (select max(revision) from sales_summary where store_id = $1 and day = $2::date)
  returning revision`;

const insert = `
  insert into sales_summary (store_id, day, revision, digest, summary, changes, watermark, ready_at, computed_at)
  select $1, $2::date, coalesce(max(revision), 0) + 1, $3, $5, $4, $6, coalesce(min(ready_at), $7), $7
  from sales_summary where store_id = $1 and day = $2::date
  on conflict do nothing returning revision`;

/** Answers whether it was news: what comes to the same as the last revision is not written again. */
export async function saveSummary(tx: Transaction, day: string, computed: Computed): Promise<boolean> {
  const { summary, digest, changes, watermark, at } = computed;
  const known = await tx.query<object>(same, [tx.storeId, day, digest, changes]);
  if (known.length > 0) return false;
  const values = [tx.storeId, day, digest, changes, JSON.stringify(summary), watermark, at];
  return (await tx.query<object>(insert, values)).length > 0;
}

const made = `
  select distinct on (store_id, day) store_id as "storeId", extract(epoch from day)::bigint * 1000 as day, changes
  from sales_summary order by store_id, day, revision desc`;

/** The changes that the last revision of each day has seen, of all tenants. */
export const madeSummaries = (
  systemDb: Database,
): Promise<readonly { readonly storeId: string; readonly day: bigint; readonly changes: bigint }[]> =>
  systemDb.transaction('', (tx) => tx.query(made));

const one = `
  select ${columns} from sales_summary
  where store_id = $1 and day = $2::date and ($3::int is null or revision = $3) order by revision desc limit 1`;

const list = `
  select distinct on (day) ${columns} from sales_summary
  where store_id = $1 and ($2::date is null or day >= $2::date) and ($3::date is null or day < $3::date)
    and ($4::date is null or day < $4::date)
  order by day desc, revision desc limit $5`;

/** The last revision, or the one that is asked for. */
export async function findSummary(
  db: Database,
  storeId: string,
  day: string,
  revision: number | undefined,
): Promise<SummaryRow | undefined> {
  const values = [storeId, day, revision ?? null];
  return db.transaction(storeId, async (tx) => (await tx.query<SummaryRow>(one, values))[0]);
}

/** The last revision of each day, newest day first; days as dates, `to` exclusive. */
export const listSummaries = (
  db: Database,
  storeId: string,
  range: { from: string | undefined; to: string | undefined; before: string | undefined; limit: number },
): Promise<SummaryRow[]> =>
  db.transaction(storeId, (tx) =>
    tx.query<SummaryRow>(list, [
      ...[storeId, range.from ?? null, range.to ?? null, range.before ?? null],
      range.limit,
    ]),
  );
