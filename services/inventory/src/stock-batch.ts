import { newId } from '@tradewind/kernel/ids.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import type { IdempotencyRecord } from '@tradewind/outbox/idempotency.ts';
import type { InboxReceipt } from '@tradewind/outbox/inbox.ts';
import type { OutboxRow } from '@tradewind/outbox/outbox.ts';
import type { Outcome } from '@tradewind/postgres/group-commit.ts';
import { isPublished, type StockEvent } from '#stock/events.ts';
import { evolve } from '#stock/stock.ts';
import type { LoadedStock } from '#stock-load.ts';
import type { StockCommand, StockOptions } from '#store.ts';

/** The commands of one transaction, decided one after the other on a state that lives in memory until it is saved. */
export class StockBatch {
  readonly events: StockEvent[] = [];
  readonly outbox: OutboxRow[] = [];
  readonly receipts: InboxReceipt[] = [];
  readonly replies: IdempotencyRecord[] = [];
  readonly #loaded: LoadedStock;
  readonly #encoder: EventEncoder;
  readonly #now: Date;

  constructor(loaded: LoadedStock, encoder: EventEncoder, now: Date) {
    this.#loaded = loaded;
    this.#encoder = encoder;
    this.#now = now;
  }

  carryOut(
    command: StockCommand<unknown>,
    options: StockOptions<unknown>,
    applied: (receipt: InboxReceipt) => boolean,
  ): Outcome<unknown> {
    const { state, versions } = this.#loaded;
    const { inbox, idempotency, context } = options;
    try {
      if (inbox && applied(inbox)) return { ok: true, value: command.reply(state, []) };
      const events = command.decide(state, this.#now);
      // Encoding may refuse an event: before the first change to the batch.
      const drawn = new Map<string, number>();
      const rows = events.filter(isPublished).map((event) => {
        const { productId } = event.payload;
        const version = (drawn.get(productId) ?? versions.get(productId) ?? 0) + 1;
        drawn.set(productId, version);
        return this.#encoder.encode({ event, eventId: newId(), version, context }, this.#now);
      });
      for (const [productId, version] of drawn) versions.set(productId, version);
      for (const event of events) {
        evolve(state, event, this.#now);
        this.events.push(event);
      }
      this.outbox.push(...rows);
      if (inbox) this.receipts.push(inbox);
      const value = command.reply(state, events);
      if (idempotency) this.replies.push({ ...idempotency.key, ...idempotency.reply(value, events.length) });
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error };
    }
  }
}
