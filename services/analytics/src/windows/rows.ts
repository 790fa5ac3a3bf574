import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Entry, Gain } from './fold.ts';

const load = `
  select shard, key, version, captured_minor as captured, refunded_minor as refunded from window_keys
  where build = $1 and store_id = $2 and shard = any($3) and key = any($4)`;

/** Entries of the transaction's tenant, by shard and key. */
export async function loadEntries(
  tx: Transaction,
  build: number,
  shards: readonly number[],
  keys: readonly string[],
): Promise<Map<number, Map<string, Entry>>> {
  type Row = Entry & { shard: number; key: string };
  const rows = await tx.query<Row>(load, [build, tx.storeId, shards, keys]);
  const found = new Map<number, Map<string, Entry>>();
  for (const { shard, key, ...entry } of rows) {
    const ofShard = found.get(shard) ?? new Map<string, Entry>();
    found.set(shard, ofShard.set(key, entry));
  }
  return found;
}

const saveKeys = `
  insert into window_keys (build, store_id, shard, key, version, captured_minor, refunded_minor)
  select $1, $2, shard, key, version, captured, refunded
  from json_to_recordset($3) as r (shard int, key text, version int, captured bigint, refunded bigint)
  on conflict (build, store_id, shard, key) do update set version = excluded.version,
    captured_minor = excluded.captured_minor, refunded_minor = excluded.refunded_minor`;

const addRevenue = `
  insert into window_revenue as w (build, store_id, size, start, currency, shard, gross_minor, refunded_minor, orders,
    refunds, canceled, late)
  select $1, $2, size, start, currency, shard, gross, refunded, orders, refunds, canceled, late
  from json_to_recordset($3) as r (size text, start timestamptz, currency text, shard int, gross bigint,
    refunded bigint, orders bigint, refunds bigint, canceled bigint, late bigint)
  on conflict (build, store_id, size, start, currency, shard) do update set
    gross_minor = w.gross_minor + excluded.gross_minor, refunded_minor = w.refunded_minor + excluded.refunded_minor,
    orders = w.orders + excluded.orders, refunds = w.refunds + excluded.refunds,
    canceled = w.canceled + excluded.canceled, late = w.late + excluded.late`;

const addCounts = `
  insert into window_counts as w (build, store_id, size, start, name, shard, count)
  select $1, $2, size, start, name, shard, count
  from json_to_recordset($3) as r (size text, start timestamptz, name text, shard int, count bigint)
  on conflict (build, store_id, size, start, name, shard) do update set count = w.count + excluded.count`;

const addProducts = `
  insert into window_products as w (build, store_id, day, currency, product_id, shard, qty, amount_minor)
  select $1, $2, day, currency, product_id, shard, qty, amount
  from json_to_recordset($3) as r (day timestamptz, currency text, product_id text, shard int, qty bigint, amount bigint)
  on conflict (build, store_id, day, currency, product_id, shard) do update set
    qty = w.qty + excluded.qty, amount_minor = w.amount_minor + excluded.amount_minor`;

/** Writes what the transaction's tenant gains, by shard. The caller's checkpoints guard the sums against repeats. */
export async function saveGains(
  tx: Transaction,
  build: number,
  gains: ReadonlyMap<number, Gain>,
): Promise<void> {
  const all = [...gains];
  const write = async (text: string, rows: readonly object[]): Promise<void> => {
    if (rows.length > 0) await tx.query(text, [build, tx.storeId, JSON.stringify(rows, plain)]);
  };
  await write(
    saveKeys,
    all.flatMap(([shard, { changed }]) => [...changed].map(([key, entry]) => ({ shard, key, ...entry }))),
  );
  await write(
    addRevenue,
    all.flatMap(([shard, { sums }]) =>
      [...sums.revenue.values()].map((sum) => ({ ...sum, shard, start: new Date(sum.start) })),
    ),
  );
  await write(
    addCounts,
    all.flatMap(([shard, { sums }]) =>
      [...sums.counts.values()].map((sum) => ({ ...sum, shard, start: new Date(sum.start) })),
    ),
  );
  await write(
    addProducts,
    all.flatMap(([shard, { sums }]) =>
      [...sums.products.values()].map(({ day, productId, currency, qty, amount }) => ({
        ...{ shard, currency, qty, amount },
        day: new Date(day),
        product_id: productId,
      })),
    ),
  );
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
