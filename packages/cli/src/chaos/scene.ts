import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Supervisor } from '#supervisor/client.ts';
import type { Endpoints } from '#up/endpoints.ts';
import type { Records } from './records.ts';

/** What a fault-injection run works on. */
export interface Scene {
  readonly home: string;
  readonly endpoints: Endpoints;
  readonly stack: RunningStack;
  readonly supervisor: Supervisor;
  readonly records: Records;
  /** A line of progress. */
  say(line: string): void;
}
