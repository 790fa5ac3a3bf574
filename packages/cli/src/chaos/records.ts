import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A promise that was made to a client. */
export interface Acknowledged {
  readonly kind: 'order' | 'payment' | 'cancellation';
  readonly orderId: string;
  readonly client: number;
  readonly idempotencyKey: string;
  readonly items?: readonly { readonly productId: string; readonly qty: number }[];
}

/** What happened to the stack, and when. */
export type Happening =
  | { readonly what: 'load' | 'load over' | 'quiet' }
  | {
      readonly what: 'kill';
      readonly target: string;
      readonly process: string;
      readonly pid: number;
      /** Where a plan said when. */
      readonly plannedMs?: number;
    }
  | { readonly what: 'no victim'; readonly target: string; readonly plannedMs: number }
  | {
      readonly what: 'takeover';
      readonly relay: string;
      readonly by: string;
      readonly ms: number;
      readonly standby: boolean;
    }
  | { readonly what: 'stopped' | 'started' | 'wiped'; readonly process: string }
  | { readonly what: 'replay killed'; readonly projection: string };

export interface Records {
  readonly folder: string;
  /** Ms since the records began. */
  elapsed(): number;
  acknowledge(entry: Acknowledged): void;
  note(happening: Happening): void;
  verdict(value: object): void;
}

/**
 * A run's files: `acknowledged.jsonl`, `history.jsonl` and `verdict.json`. Written at once and line by line, so that they
 * tell of a run that was itself cut short.
 */
export function createRecords(folder: string): Records {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  for (const name of ['acknowledged.jsonl', 'history.jsonl']) writeFileSync(file(name), '');
  const began = performance.now();
  const elapsed = (): number => Math.round(performance.now() - began);
  const line = (name: string, value: object): void =>
    appendFileSync(file(name), `${JSON.stringify({ atMs: elapsed(), ...value })}\n`);
  return {
    folder,
    elapsed,
    acknowledge: (entry) => line('acknowledged.jsonl', entry),
    note: (happening) => line('history.jsonl', happening),
    verdict: (value) => writeFileSync(file('verdict.json'), `${JSON.stringify(value, null, 2)}\n`),
  };
}
