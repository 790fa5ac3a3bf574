import type { AnyEvent } from '@tradewind/contracts/event.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Mismatch } from './parity.ts';
import type { StoreKind } from './projection-store.ts';
import type { Projector, ProjectorOptions } from './projector.ts';
import type { StoreLayout } from './store-layout.ts';

/** Columns that every projection's table has besides its own. */
export interface ProjectionColumns {
  store_id: string;
  /** Last applied aggregateVersion by topic: the guard against repeats, reordering and gaps. */
  versions: Record<string, number>;
}

/** What is to be known of a read model, however events make its rows. */
interface Described {
  /** snake_case; in Postgres also the name of the view that reads go to. Tables are `<name>_v<version>`. */
  readonly name: string;
  readonly topics: readonly string[];
  /** How much staler than need be the view may get under load, in ms, to cost less; see SubscribeOptions. */
  readonly lingerMs?: number;
  /** Most events that are handed over at once; see SubscribeOptions. */
  readonly maxBatch?: number;
  /** Column that, with the tenant, identifies a row. */
  readonly key: string;
  /** Where its rows stand where the real stores run; Postgres where it is left out, or they don't. */
  readonly store?: StoreLayout;
  /** Readers have somewhere else to go while `store` is away: a service is ready without it. */
  readonly hasStandIn?: boolean;
  /**
   * Topics of change data capture, which are there only where the real stores run: taken beside `topics` by versions that stand in
   * `store`. Each message tells a whole row, so a gap in its versions parks nothing.
   */
  readonly captured?: readonly string[];
  /**
   * `source` is SQL that answers, from the service's write model, what the projection must say: rows of
   * (store_id, key, digest); where the service has none, a version is compared with the live one. The same digest of the
   * projection's own row is `digest`, over alias `p`.
   */
  readonly parity?: { readonly source?: string; readonly digest: string };
}

/**
 * A read model: a pure fold of events into rows, and where the rows stand. Rows hold what JSON holds: amounts as numbers
 * of minor units, times as RFC 3339 strings. Nothing here can reach a side effect, so a replay has none.
 */
export interface ProjectionOf<Row extends object> extends Described {
  readonly key: keyof Row & string;
  /** The row that an event belongs to. */
  keyOf(event: AnyEvent): string;
  /** The row after an event; undefined while there is none. Events it does not care for leave the row as it is. */
  evolve(row: Row | undefined, event: AnyEvent): Row | undefined;
  /**
   * False for a row of which only change data capture has told: it waits, unseen, for its first event. Nobody reads, counts or compares
   * it. Always true where it is left out.
   */
  isWhole?(row: Row): boolean;
}

/**
 * Rows that events of many keys add to. None is the fold of one key's events, so it applies batches by itself; versions, consumers,
 * parking and replays are those of every projection, except that only the whole log makes a sum.
 */
export interface SummedProjection extends Described {
  /**
   * Functions of the service's Postgres, of (name, version): its versions share tables, in which one has its rows made and removed. A
   * version is shown as the view `<name>_v<version>`.
   */
  readonly versions: { readonly make: string; readonly drop: string };
  projector(options: Omit<ProjectorOptions, 'projection'>): Projector;
  /** Where the live version's rows contradict each other. */
  contradictions(systemDb: Database): Promise<readonly Mismatch[]>;
}

/** A read model of either kind: what versions, consumers and replays work with. */
export type Projection = FoldedProjection | SummedProjection;

export const isSummed = (projection: Projection): projection is SummedProjection => 'projector' in projection;

/** A fold into rows of some shape: what the runtime works with. */
export type FoldedProjection = ProjectionOf<Record<string, unknown>>;

/** Declares a projection: a constant in a file of `src/projections/`. */
export function projection<Row extends object>(definition: ProjectionOf<Row>): FoldedProjection {
  // The runtime gives `evolve` only rows that `evolve` made.
  return definition as unknown as FoldedProjection;
}

/** Declares rows that events of many keys add to, in a file of `src/projections/`, too. */
export const summedProjection = (definition: SummedProjection): SummedProjection => definition;

/** What a version that stands there is built from. */
export const topicsIn = ({ topics, captured = [] }: Projection, store: StoreKind): readonly string[] =>
  store === 'postgres' ? topics : [...topics, ...captured];
