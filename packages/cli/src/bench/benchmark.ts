import type { Endpoints } from '#up/endpoints.ts';

/** What one run of a load measured. */
export interface Measured {
  /** Units of work that were carried out (accepted orders, drained rows …). */
  readonly done: number;
  readonly seconds: number;
  /** Of one unit, in ms; absent where units have no latency of their own. */
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /** Units carried out besides those of the rate: CPU time is shared by all. */
  readonly besides?: number;
  /** Further figures for the table. */
  readonly extra?: Readonly<Record<string, string | number>>;
}

export interface Stage {
  readonly endpoints: Endpoints;
  readonly home: string;
  say(line: string): void;
  /** A token of the local stack, held for the run. */
  token(sub: string, roles: readonly string[], storeId?: string): Promise<string>;
  /** Scales the load down for a smoke test: 1 = as documented. */
  readonly scale: number;
  /** Of each kind, where a benchmark is about many clients; its own number unless said. */
  readonly clients?: number;
  /** Where the benchmark's projection is to stand; Postgres unless said. */
  readonly store?: 'postgres' | 'redis' | 'cassandra';
}

export interface Benchmark {
  readonly name: string;
  readonly what: string;
  /** What a unit of work is called, e.g. `order`. */
  readonly unit: string;
  /** Target of performance.md, as text. */
  readonly target: string;
  prepare(stage: Stage): Promise<Load>;
}

export interface Load {
  /** Runs for about `seconds`; a load of fixed size may take its own time. */
  run(seconds: number): Promise<Measured>;
  /** The sanity check after all runs: throws when what was acknowledged is not what is stored and published. */
  check(): Promise<string>;
  close(): Promise<void>;
}
