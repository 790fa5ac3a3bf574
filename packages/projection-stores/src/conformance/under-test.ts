import type { Database } from '@tradewind/postgres/database.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import type { FoldedProjection } from '@tradewind/outbox/projection.ts';
import type { ProjectionStore, StoredRow, StoreKind } from '@tradewind/outbox/projection-store.ts';
import type { StockDatabase } from '@tradewind/outbox/stock.fixture.ts';
import type { Projector } from '@tradewind/outbox/projector.ts';
import type { Sample } from './levels.ts';
import type { Stores } from '#open-stores.ts';

/** What one kind of store is, and what it refuses. */
export interface StoreUnderTest {
  readonly kind: StoreKind;
  /** Why it refuses a row: a number that its column does not hold, or the row's size. */
  readonly refuses: 'range' | 'size';
  /** The stores of a process, with names of this run. */
  open(database: StockDatabase): Promise<Stores>;
}

/** A version that is live in the store, and what a test does with it. */
export interface Fixture {
  readonly database: StockDatabase;
  readonly projection: FoldedProjection;
  readonly stores: Stores;
  readonly store: ProjectionStore;
  readonly version: number;
  readonly projector: Projector;
  /** As another process would have it. */
  another(db?: Database): Projector;
  message(sample: Sample): Message;
  /** Each partition's messages as a batch of their own, all at once, by this process or the given one. */
  apply(messages: readonly Message[], projector?: Projector): Promise<void>;
  /** Every row, by tenant and key. */
  rows(version?: number): Promise<StoredRow[]>;
  /** The sums of each row: `P1 3/0` are three by the first topic, none by the other. */
  totals(version?: number): Promise<string[]>;
  parked(): Promise<string[]>;
}

export const byPlace = (a: StoredRow, b: StoredRow): number =>
  `${a.store_id} ${String(a['product_id'])}` < `${b.store_id} ${String(b['product_id'])}` ? -1 : 1;
