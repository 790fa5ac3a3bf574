import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import { alreadyApplied, type InboxReceipt, recordReceipts } from '@tradewind/outbox/inbox.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import { StockBatch } from '#stock-batch.ts';
import { inventoryError } from '#errors.ts';
import type { StockEvent } from '#stock/events.ts';
import type { Stock } from '#stock/stock.ts';
import { createSkuCache, loadStock } from '#stock-load.ts';
import { saveStock } from '#stock-save.ts';

/** What a command has to see, so that it can be locked and loaded for a whole batch at once. */
export interface Touched {
  readonly products?: readonly string[];
  readonly skus?: readonly string[];
  /** Locations of the products and skus. */
  readonly locations?: readonly string[];
  readonly reservation?: string;
  /** The reservation exists: its own products and locations are touched. */
  readonly existing?: boolean;
  /** A product that may be new. */
  readonly creates?: string;
}

export interface StockCommand<R> {
  readonly touches: Touched;
  /** Pure; throws a DomainError to refuse, which stores nothing of this command and all of its neighbours. */
  decide(stock: Stock, now: Date): readonly StockEvent[];
  /** What the caller is told, from the state after the command. */
  reply(stock: Stock, events: readonly StockEvent[]): R;
}

export interface StockOptions<R> {
  readonly context: CommandContext;
  readonly inbox?: InboxReceipt;
  readonly idempotency?: { readonly key: IdempotencyKey; reply(result: R, events: number): StoredReply };
  /** Epoch ms after which nobody waits for it: it is not begun then. */
  readonly deadline?: number;
}

export interface InventoryStore {
  /**
   * Lock → decide → save and publish → commit. Concurrent calls of a tenant share one transaction; a refusal fails only
   * its own call.
   */
  handle<R>(command: StockCommand<R>, options: StockOptions<R>): Promise<R>;
}

interface Job {
  readonly command: StockCommand<unknown>;
  readonly options: StockOptions<unknown>;
}

export function inventoryStore(db: Database, encoder: EventEncoder, onCommit: () => void): InventoryStore {
  const skus = createSkuCache();

  async function transact(storeId: string, jobs: readonly Job[]): Promise<Outcome<unknown>[]> {
    let published = 0;
    const outcomes = await db.transaction(storeId, async (tx) => {
      const applied = await alreadyApplied(
        tx,
        jobs.flatMap(({ options }) => options.inbox ?? []),
      );
      const loaded = await loadStock(
        tx,
        jobs.map(({ command }) => command.touches),
        skus,
      );
      const batch = new StockBatch(loaded, encoder, tx.now);
      const replies = jobs.map(({ command, options }) => batch.carryOut(command, options, applied));
      published = batch.outbox.length;
      // Issued together: the connection runs them in this order, without a pause between them.
      await Promise.all([
        saveStock(tx, loaded, batch.events),
        appendToOutbox(tx, batch.outbox),
        recordReceipts(tx, batch.receipts),
        recordReplies(tx, batch.replies),
      ]);
      failpoint('store.saved');
      return replies;
    });
    failpoint('store.committed');
    if (published > 0) onCommit();
    return outcomes;
  }

  /** Another process made the same reservation meanwhile: it is there to be seen now. */
  async function transactAgain(storeId: string, jobs: readonly Job[]): Promise<Outcome<unknown>[]> {
    try {
      return await transact(storeId, jobs);
    } catch (error) {
      const constraint = violatedConstraint(error);
      if (constraint === 'stock_reservation_pkey') return transact(storeId, jobs);
      if (constraint === 'inventory_stock_item') throw inventoryError('SKU_MISMATCH', { cause: error });
      throw error;
    }
  }

  async function run(storeId: string, jobs: readonly Job[]): Promise<Outcome<unknown>[]> {
    const now = Date.now();
    const live = jobs.filter(({ options }) => (options.deadline ?? Infinity) > now);
    const done = live.length > 0 ? await transactAgain(storeId, live) : [];
    let next = 0;
    return jobs.map((job) =>
      (job.options.deadline ?? Infinity) > now
        ? (done[next++] as Outcome<unknown>)
        : { ok: false, error: inventoryError('DEADLINE_EXCEEDED') },
    );
  }

  const commit = groupCommit<Job, unknown>({ groupOf: ({ options }) => options.context.storeId, run });
  return {
    handle: <R>(command: StockCommand<R>, options: StockOptions<R>) =>
      commit({ command, options: options as StockOptions<unknown> }) as Promise<R>,
  };
}
