import { newId } from '@tradewind/kernel/ids.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { groupCommit, type Outcome } from '@tradewind/postgres/group-commit.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { CommandContext } from './context.ts';
import { type EventEncoder, type DomainEvent } from './encoder.ts';
import { failpoint } from './failpoints.ts';
import {
  type IdempotencyKey,
  type IdempotencyRecord,
  recordReplies,
  type StoredReply,
} from './idempotency.ts';
import { alreadyApplied, type InboxReceipt, recordReceipts } from './inbox.ts';
import { appendToOutbox, type OutboxRow } from './outbox.ts';

/** An aggregate as it stands: its folded state and the number of events that led to it (0 = it does not exist). */
export interface Versioned<S> {
  readonly state: S;
  readonly version: number;
}

/** An aggregate that a transaction has changed. */
export interface Change<S, E> extends Versioned<S> {
  readonly key: string;
  readonly before: Versioned<S>;
  readonly events: readonly Recorded<E>[];
  /** What its commands gave to be kept beside the events, in their order. */
  readonly beside: readonly object[];
}

/** A domain event with its place in the stream. */
export interface Placed<E> {
  readonly event: E;
  readonly eventId: string;
  readonly version: number;
  readonly context: CommandContext;
}

/** As it goes into the store: with the bytes that are also published. */
export interface Recorded<E> extends Placed<E> {
  readonly encoded: OutboxRow;
}

export interface StoreOptions<S, E extends DomainEvent> {
  readonly db: Database;
  readonly encoder: EventEncoder;
  readonly initial: S;
  evolve(state: S, event: E): S;
  /** Locks the aggregates' rows in key order and answers their states; a key without a row may be left out. */
  load(tx: Transaction, keys: readonly string[]): Promise<ReadonlyMap<string, Versioned<S>>>;
  /** Stores all changes with few set-based statements. */
  save(tx: Transaction, changes: readonly Change<S, E>[]): Promise<unknown>;
  /** Told after each commit that left events in the outbox: wakes the relay. */
  onCommit?(): void;
  readonly maxBatch?: number;
}

export interface Clock {
  /** The transaction's time by the database's clock. */
  readonly now: Date;
}

export interface HandleOptions<S> {
  readonly context: CommandContext;
  /** The key is new (a fresh id): nothing is there to be locked or loaded. */
  readonly create?: boolean;
  /** Kept by `save` if the command leads to events; for what must not go into them, such as personal data. */
  readonly beside?: object | undefined;
  /** Makes the command idempotent as the effect of an event. */
  readonly inbox?: InboxReceipt;
  /** Makes the command idempotent as an HTTP request: the reply is stored with the change that it reports. */
  readonly idempotency?: {
    readonly key: IdempotencyKey;
    reply(after: Versioned<S>, events: number): StoredReply;
  };
}

export interface Handled<S> extends Versioned<S> {
  /** How many events the command led to; 0 for a repeat. */
  readonly events: number;
  /** True when the inbox had the event already: nothing was decided. */
  readonly duplicate: boolean;
}

/** Where an event goes when a command touches several aggregates. */
export interface Keyed<E> {
  readonly key: string;
  readonly event: E;
}

export interface CommandStore<S, E extends DomainEvent> {
  /**
   * Lock → fold → decide → save and publish → commit, for one aggregate. Concurrent calls share a transaction; one
   * refusal (an error thrown by `decide`) fails only its own call, and stores nothing.
   */
  handle(
    key: string,
    decide: (state: S, clock: Clock) => readonly E[],
    options: HandleOptions<S>,
  ): Promise<Handled<S>>;
  /** The same over several aggregates, all or nothing. The result is that of the first key. */
  handleMany(
    keys: readonly string[],
    decide: (get: (key: string) => S, clock: Clock) => readonly Keyed<E>[],
    options: HandleOptions<S>,
  ): Promise<Handled<S>>;
}

interface Command<S, E> {
  readonly keys: readonly string[];
  readonly decide: (get: (key: string) => S, clock: Clock) => readonly Keyed<E>[];
  readonly options: HandleOptions<S>;
}

export function createStore<S, E extends DomainEvent>(store: StoreOptions<S, E>): CommandStore<S, E> {
  const none: Versioned<S> = { state: store.initial, version: 0 };

  async function run(storeId: string, commands: readonly Command<S, E>[]): Promise<Outcome<Handled<S>>[]> {
    let published = 0;
    const outcomes = await store.db.transaction(storeId, async (tx) => {
      const receipts = commands.flatMap(({ options }) => options.inbox ?? []);
      const applied = await alreadyApplied(tx, receipts);
      const toLoad = new Set(commands.flatMap(({ keys, options }) => (options.create ? [] : keys)));
      const loaded =
        toLoad.size > 0 ? await store.load(tx, [...toLoad].sort()) : new Map<string, Versioned<S>>();
      const batch = new Batch(store, loaded, none, tx.now);
      const results = commands.map((command) => batch.decide(command, applied));
      published = batch.rows.length;
      const changes = batch.changes();
      if (changes.length > 0) await store.save(tx, changes);
      await appendToOutbox(tx, batch.rows);
      await recordReceipts(tx, batch.receipts);
      await recordReplies(tx, batch.replies);
      failpoint('store.saved');
      return results;
    });
    failpoint('store.committed');
    if (published > 0) store.onCommit?.();
    return outcomes;
  }

  const commit = groupCommit<Command<S, E>, Handled<S>>({
    groupOf: ({ options }) => options.context.storeId,
    run,
    maxBatch: store.maxBatch ?? 256,
  });

  return {
    handle: (key, decide, options) =>
      commit({
        keys: [key],
        decide: (get, clock) => decide(get(key), clock).map((event) => ({ key, event })),
        options,
      }),
    handleMany: (keys, decide, options) => commit({ keys, decide, options }),
  };
}

/** The commands of one transaction, decided one after the other on states that only live in memory until saved. */
class Batch<S, E extends DomainEvent> {
  readonly rows: OutboxRow[] = [];
  readonly receipts: InboxReceipt[] = [];
  readonly replies: IdempotencyRecord[] = [];
  readonly #store: StoreOptions<S, E>;
  readonly #before: ReadonlyMap<string, Versioned<S>>;
  readonly #none: Versioned<S>;
  readonly #clock: Clock;
  readonly #current = new Map<string, Versioned<S>>();
  readonly #events = new Map<string, Recorded<E>[]>();
  readonly #beside = new Map<string, object[]>();

  constructor(
    store: StoreOptions<S, E>,
    before: ReadonlyMap<string, Versioned<S>>,
    none: Versioned<S>,
    now: Date,
  ) {
    this.#store = store;
    this.#before = before;
    this.#none = none;
    this.#clock = { now };
  }

  decide(command: Command<S, E>, applied: (receipt: InboxReceipt) => boolean): Outcome<Handled<S>> {
    const { options, keys } = command;
    const first = keys[0] ?? '';
    if (options.inbox && applied(options.inbox)) {
      return { ok: true, value: { ...this.#get(first), events: 0, duplicate: true } };
    }
    try {
      const decided = command.decide((key) => this.#get(key).state, this.#clock);
      // Everything that can fail happens before the first change to the batch.
      const staged = this.#stage(decided, options.context);
      const after = staged.states.get(first) ?? this.#get(first);
      const reply = options.idempotency?.reply(after, decided.length);
      for (const [key, state] of staged.states) this.#current.set(key, state);
      for (const { key, recorded } of staged.records) {
        const events = this.#events.get(key);
        if (events) events.push(recorded);
        else this.#events.set(key, [recorded]);
      }
      if (options.beside && decided.length > 0)
        this.#beside.set(first, [...(this.#beside.get(first) ?? []), options.beside]);
      this.rows.push(...staged.rows);
      if (options.inbox) this.receipts.push(options.inbox);
      if (options.idempotency && reply) this.replies.push({ ...options.idempotency.key, ...reply });
      return { ok: true, value: { ...after, events: decided.length, duplicate: false } };
    } catch (error) {
      return { ok: false, error };
    }
  }

  changes(): Change<S, E>[] {
    return [...this.#events].map(([key, events]) => ({
      key,
      before: this.#before.get(key) ?? this.#none,
      ...this.#get(key),
      events,
      beside: this.#beside.get(key) ?? [],
    }));
  }

  #get(key: string): Versioned<S> {
    return this.#current.get(key) ?? this.#before.get(key) ?? this.#none;
  }

  #stage(decided: readonly Keyed<E>[], context: CommandContext) {
    const states = new Map<string, Versioned<S>>();
    const records: { key: string; recorded: Recorded<E> }[] = [];
    const rows: OutboxRow[] = [];
    for (const { key, event } of decided) {
      const current = states.get(key) ?? this.#get(key);
      const version = current.version + 1;
      const placed = { event, eventId: newId(), version, context };
      const encoded = this.#store.encoder.encode(placed, this.#clock.now);
      rows.push(encoded);
      states.set(key, { state: this.#store.evolve(current.state, event), version });
      records.push({ key, recorded: { ...placed, encoded } });
    }
    return { states, records, rows };
  }
}
