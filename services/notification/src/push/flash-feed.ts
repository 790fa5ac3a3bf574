import type { Database } from '@tradewind/postgres/database.ts';
import { alreadyApplied, type InboxReceipt, recordReceipts } from '@tradewind/outbox/inbox.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import type { Log } from '@tradewind/outbox/logger.ts';

export type FlashEventName = 'flash-sale.started' | 'flash-sale.changed' | 'flash-sale.ended';

export interface FlashNews {
  readonly saleId: string;
  readonly event: FlashEventName;
  /** As JSON holds it. */
  readonly data: object;
  readonly endsAt: Date;
}

export interface FlashRow {
  readonly id: bigint;
  readonly event: FlashEventName;
  /** JSON text. */
  readonly data: string;
}

/** News of flash sales, with an id per tenant: 1, 2, 3 … Kept for a day. */
export interface FlashFeed {
  /** Answers false for an event that is there already. */
  append(storeId: string, news: FlashNews, receipt: InboxReceipt): Promise<boolean>;
  head(storeId: string): Promise<bigint>;
  after(storeId: string, id: bigint, limit: number): Promise<readonly FlashRow[]>;
  /** The rows after an id; undefined where the id is none of ours, or some of them are gone. */
  resume(storeId: string, id: bigint): Promise<readonly FlashRow[] | undefined>;
  /** The last news of each sale that runs, with the head of the feed at the same moment. */
  running(storeId: string): Promise<{ readonly head: bigint; readonly rows: readonly FlashRow[] }>;
  /** Removes what nobody may ask for any more. */
  expiry(systemDb: Database, log: Log): Periodic;
}

// The row's lock makes the ids of a tenant appear in their order: who has read up to one has read all before it.
const nextId = `
  insert into flash_feed_heads as h (store_id, last_id) values ($1, 1)
  on conflict (store_id) do update set last_id = h.last_id + 1 returning last_id as id`;
const insert = `
  insert into flash_feed (store_id, id, sale_id, event, data, ends_at) values ($1, $2, $3, $4, $5, $6)`;
const headOf = `select coalesce(max(last_id), 0) as head from flash_feed_heads where store_id = $1`;
const rowsAfter = `
  select id, event, data::text as data from flash_feed where store_id = $1 and id > $2 order by id limit $3`;
const latestOfRunning = `
  select id, event, data::text as data from (
    select distinct on (sale_id) id, event, data, ends_at from flash_feed where store_id = $1
    order by sale_id, id desc) latest
  where event <> 'flash-sale.ended' and ends_at > now() order by id`;
// A sale that runs for weeks is told as the current state all that time.
const removeOld = `
  delete from flash_feed f where added_at < now() - interval '24 hours' and (
    event = 'flash-sale.ended' or ends_at < now() - interval '24 hours' or exists (
      select 1 from flash_feed n where n.store_id = f.store_id and n.sale_id = f.sale_id and n.id > f.id))`;

const EXPIRY_MS = 600_000;
/** More than this in one stretch is told as the current state. */
const RESUME_LIMIT = 10_000;

export function flashFeed(db: Database): FlashFeed {
  return {
    append: (storeId, { saleId, event, data, endsAt }, receipt) =>
      db.transaction(storeId, async (tx) => {
        const applied = await alreadyApplied(tx, [receipt]);
        if (applied(receipt)) return false;
        const [row] = await tx.query<{ id: bigint }>(nextId, [storeId]);
        await tx.query(insert, [storeId, row?.id, saleId, event, JSON.stringify(data), endsAt]);
        await recordReceipts(tx, [receipt]);
        return true;
      }),
    head: (storeId) =>
      db.transaction(storeId, async (tx) => {
        const [row] = await tx.query<{ head: bigint }>(headOf, [storeId]);
        return row?.head ?? 0n;
      }),
    after: (storeId, id, limit) =>
      db.transaction(storeId, (tx) => tx.query<FlashRow>(rowsAfter, [storeId, id, limit])),
    resume: (storeId, id) =>
      db.transaction(storeId, async (tx) => {
        const [row] = await tx.query<{ head: bigint }>(headOf, [storeId]);
        const rows = await tx.query<FlashRow>(rowsAfter, [storeId, id, RESUME_LIMIT]);
        // Ids are dense: fewer rows than ids means that some were removed. The head may have moved on in between.
        const whole = rows.length >= Number((row?.head ?? 0n) - id) && rows.length < RESUME_LIMIT;
        return id <= (row?.head ?? 0n) && whole ? rows : undefined;
      }),
    running: (storeId) =>
      db.transaction(storeId, async (tx) => {
        const [row] = await tx.query<{ head: bigint }>(headOf, [storeId]);
        const rows = await tx.query<FlashRow>(latestOfRunning, [storeId]);
        const head = row?.head ?? 0n;
        return { head, rows: rows.filter(({ id }) => id <= head) };
      }),
    expiry: (systemDb, log) =>
      periodically({
        name: 'flash feed expiry',
        everyMs: EXPIRY_MS,
        log,
        round: () => systemDb.transaction('', (tx) => tx.query(removeOld)),
      }),
  };
}
