import type { RunningStack } from './running-stack.ts';

/** One thing that is not as it must be. */
export interface Violation {
  /** What it is about: an order, a key of a topic, a place in a ledger. */
  readonly subject: string;
  readonly what: string;
}

/** One rule of consistency over all services and tenants. */
export interface Invariant {
  readonly id: string;
  readonly title: string;
  /** Everything that breaks it. Reads only; run while nothing changes. */
  check(stack: RunningStack): Promise<Violation[]>;
}

/** Those of `all` that are not among `those`. */
export const without = (all: ReadonlySet<string>, those: ReadonlySet<string>): string[] =>
  [...all].filter((one) => !those.has(one));
