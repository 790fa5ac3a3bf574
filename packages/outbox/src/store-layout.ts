import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { StoreKind } from './projection-store.ts';

/** Type of a column in Cassandra; `json` is text that holds any JSON. */
export type CassandraType = 'text' | 'int' | 'bigint' | 'double' | 'boolean' | 'timestamp' | 'json';

export interface CassandraLayout {
  readonly columns: Readonly<Record<string, CassandraType>>;
  /** What, with the tenant, says in which partition a row is. */
  readonly partition: readonly string[];
  /** Order of rows within their partition; together with the partition it has to identify a row. */
  readonly clustering: readonly (readonly [column: string, order: 'asc' | 'desc'])[];
  /** The columns of `partition` and `clustering`, from any event of the row. */
  placeOf(event: AnyEvent): Readonly<Record<string, string | number>>;
  /**
   * Columns that only this topic's events change; all others belong to the first topic. Each topic's columns are written
   * under its own version, so that events of two topics never undo each other.
   */
  readonly columnsOf?: Readonly<Record<string, readonly string[]>>;
}

export interface RedisLayout {
  /**
   * Sorted sets beside the rows, of their keys by a time: `by` names the columns whose values make the set's name, so each
   * user's or, where it is empty, each tenant's.
   */
  readonly sorted?: readonly { readonly by: readonly string[]; readonly score: string }[];
  /** Number of rows and sum of a column by the values of some columns, of each tenant. */
  readonly sums?: { readonly by: readonly string[]; readonly sum: string };
}

export interface OpensearchLayout {
  /** Body of the index's creation. */
  readonly settings: object;
  readonly mappings: object;
}

/** Where a projection wants its rows to stand where the real stores run, and how they lie there. */
export type StoreLayout =
  | { readonly kind: 'cassandra'; readonly cassandra: CassandraLayout }
  | { readonly kind: 'redis'; readonly redis: RedisLayout }
  | { readonly kind: 'redis+cassandra'; readonly cassandra: CassandraLayout; readonly redis: RedisLayout }
  | { readonly kind: 'opensearch'; readonly opensearch: OpensearchLayout };

/** The store that a projection should stand in: its own, or Postgres where only the core's servers run. */
export const wantedStore = (
  { store }: { readonly store?: StoreLayout | undefined },
  realStores: boolean,
): StoreKind => (realStores ? (store?.kind ?? 'postgres') : 'postgres');
