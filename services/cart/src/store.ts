import { newId } from '@tradewind/kernel/ids.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type IdempotencyRecord, recordReplies } from '@tradewind/outbox/idempotency.ts';
import { appendToOutbox, type OutboxRow } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import type { Cart } from '#cart/cart.ts';
import type { CartCopies } from '#cart-copies.ts';
import type { Decided } from '#cart/events.ts';
import { type KeptPrices, lockCarts, type Locked, saveCarts } from '#cart-rows.ts';

/** What a command leads to. */
export interface Outcomes<R> {
  /** Carts as they stand then; those that are as they were are left alone. */
  readonly decided: readonly Decided[];
  readonly prices?: readonly KeptPrices[];
  readonly replies?: readonly IdempotencyRecord[];
  readonly result: R;
}

export interface CartCommand<R> {
  /** Carts that it sees; locked in the order of their ids. */
  readonly cartIds: readonly string[];
  readonly context: CommandContext;
  /** Pure; a DomainError refuses this command alone and stores nothing of it. */
  decide(get: (cartId: string) => Cart | undefined, now: Date): Outcomes<R>;
}

export interface CartStore {
  /** Lock → decide → save, publish and store replies → commit. Concurrent commands of a tenant share a transaction. */
  handle<R>(command: CartCommand<R>): Promise<R>;
}

export interface CartStoreOptions {
  readonly db: Database;
  readonly encoder: EventEncoder;
  /** Copies of carts that are about to change. */
  readonly copies: Pick<CartCopies, 'withhold'>;
  /** Wakes the relay. */
  onEvents(): void;
}

export function cartStore(options: CartStoreOptions): CartStore {
  const { db, encoder } = options;

  async function run(
    storeId: string,
    commands: readonly CartCommand<unknown>[],
  ): Promise<Outcome<unknown>[]> {
    const batch = new Batch(encoder);
    const wanted = [...new Set(commands.flatMap(({ cartIds }) => cartIds))].sort();
    // Before the first lock: nobody waits for the cache with a row in hand.
    const release = await options.copies.withhold(storeId, wanted);
    const outcomes = await db.transaction(storeId, async (tx) => {
      batch.begin(await lockCarts(tx, wanted), tx.now);
      const results = commands.map((command) => batch.carryOut(command));
      const changed = batch.changed();
      await Promise.all([
        saveCarts(tx, changed, batch.prices()),
        appendToOutbox(tx, batch.outbox),
        recordReplies(tx, batch.replies),
      ]);
      failpoint('store.saved');
      return results;
    });
    failpoint('store.committed');
    release(batch.changed().map(({ cart }) => cart));
    if (batch.outbox.length > 0) options.onEvents();
    return outcomes;
  }

  const commit = groupCommit<CartCommand<unknown>, unknown>({
    groupOf: ({ context }) => context.storeId,
    run,
  });
  return { handle: <R>(command: CartCommand<R>) => commit(command as CartCommand<unknown>) as Promise<R> };
}

/** The commands of one transaction, decided one after the other on carts that only live in memory until saved. */
class Batch {
  outbox: OutboxRow[] = [];
  replies: IdempotencyRecord[] = [];
  readonly #encoder: EventEncoder;
  #before: ReadonlyMap<string, Locked> = new Map();
  #now = new Date(0);
  #current = new Map<string, Locked>();
  #prices = new Map<string, KeptPrices>();

  constructor(encoder: EventEncoder) {
    this.#encoder = encoder;
  }

  /** A transaction that is tried again begins anew. */
  begin(before: ReadonlyMap<string, Locked>, now: Date): void {
    this.#before = before;
    this.#now = now;
    this.#current = new Map();
    this.#prices = new Map();
    this.outbox = [];
    this.replies = [];
  }

  carryOut(command: CartCommand<unknown>): Outcome<unknown> {
    try {
      const {
        decided,
        prices = [],
        replies = [],
        result,
      } = command.decide((cartId) => this.#get(cartId)?.cart, this.#now);
      // Everything that can fail happens before the first change to the batch.
      const staged = decided.map((one) => this.#stage(one, command.context));
      for (const { locked, rows } of staged) {
        this.#current.set(locked.cart.cartId, locked);
        this.outbox.push(...rows);
      }
      for (const kept of prices) this.#prices.set(kept.cartId, kept);
      this.replies.push(...replies);
      return { ok: true, value: result };
    } catch (error) {
      return { ok: false, error };
    }
  }

  changed(): Locked[] {
    return [...this.#current.values()].filter(
      (locked) => this.#before.get(locked.cart.cartId)?.cart !== locked.cart,
    );
  }

  prices(): KeptPrices[] {
    return [...this.#prices.values()];
  }

  #get(cartId: string): Locked | undefined {
    return this.#current.get(cartId) ?? this.#before.get(cartId);
  }

  #stage({ cart, events }: Decided, context: CommandContext): { locked: Locked; rows: OutboxRow[] } {
    let streamVersion = this.#get(cart.cartId)?.streamVersion ?? 0;
    const rows = events.map((event) =>
      this.#encoder.encode({ event, eventId: newId(), version: ++streamVersion, context }, this.#now),
    );
    return { locked: { cart, streamVersion }, rows };
  }
}
