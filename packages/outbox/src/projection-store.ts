import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Projection, ProjectionColumns } from './projection.ts';

/** `redis+cassandra`: rows stand in Cassandra, and in Redis in front of it, which reads ask first. */
export type StoreKind = 'postgres' | 'cassandra' | 'opensearch' | 'redis' | 'redis+cassandra';

export type StoredRow = ProjectionColumns & Record<string, unknown>;

export interface RowChange {
  /** As it was loaded in this transaction; undefined where there was none. */
  readonly before: StoredRow | undefined;
  readonly after: StoredRow;
}

/**
 * Rows of one version of a projection, read and written inside the projector's transaction and for its tenant. Only Postgres takes
 * part in that transaction: every other store has its rows before the checkpoint commits, so it meets events that it has
 * already, which `versions` drop. A row fed by two topics may be touched by two processes at once: a store guards each.
 */
export interface ProjectionRows {
  /**
   * @param wanted each key with one of its events, for a store whose place of a row says more than its key
   */
  load(tx: Transaction, wanted: ReadonlyMap<string, AnyEvent>): Promise<Map<string, StoredRow>>;
  /**
   * Writes set-wise.
   * @throws SerializationFailure when another process has changed one of the rows since it was loaded
   * @throws RowRefused when the store will never take one of them
   */
  save(tx: Transaction, changes: readonly RowChange[]): Promise<void>;
  /** `versions` of rows of a tenant, by their keys. Left out where a key alone does not say where its row is. */
  versions?(storeId: string, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow['versions']>>;
}

/** Where rows of projections stand: what each kind of store implements. Rows are told alike by all: as JSON has them. */
export interface ProjectionStore {
  readonly kind: StoreKind;
  rows(projection: Projection, version: number): ProjectionRows;
  /** Makes the place of a version, empty; one that is there stays as it is. */
  create(projection: Projection, version: number): Promise<void>;
  /** Removes a version with its rows, where there is one. */
  drop(projection: Projection, version: number): Promise<void>;
  /** Every row of every tenant, in batches and in no order. */
  scan(projection: Projection, version: number): AsyncIterable<readonly StoredRow[]>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The stores that a process can reach, each opened when it is asked for first. */
export interface ProjectionStores {
  /** Whether the process knows where such a store is. */
  has(kind: StoreKind): boolean;
  /** @throws DomainError STORE_NOT_CONFIGURED where `has` says no */
  open(kind: StoreKind): Promise<ProjectionStore>;
  close(): Promise<void>;
}

/** The store is well and takes these rows never: their type is wrong, or they are too large. */
export class RowRefused extends Error {
  readonly keys: readonly string[];

  constructor(keys: readonly string[], reason: string) {
    super(reason);
    this.keys = keys;
  }
}
