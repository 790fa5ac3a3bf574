import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { Message } from '@tradewind/messaging/broker.ts';
import type { Failure } from './parked.ts';
import type { FoldedProjection } from './projection.ts';
import type { StoredRow } from './projection-store.ts';

export interface Decoded {
  readonly message: Message;
  /** Undefined for a message that says nothing, or that could not be read. */
  readonly event: AnyEvent | undefined;
  readonly error?: unknown;
}

const NONE: ReadonlySet<number> = new Set();

/**
 * Folds one event into its row in memory; answers why it can't be. An event that the row has already changes nothing; one whose
 * predecessor is missing is a gap.
 *
 * @param changed takes the keys of rows that are another one now
 * @param given versions of the key that an operator gave up
 */
export function foldEvent(
  projection: FoldedProjection,
  rows: Map<string, StoredRow>,
  changed: Set<string>,
  { message, event, error }: Decoded,
  given: ReadonlySet<number> = NONE,
): Failure | undefined {
  if (error !== undefined) return decodeFailure(error);
  if (event === undefined) return undefined;
  const key = projection.keyOf(event);
  const row = rows.get(key);
  const seen = row?.versions[message.topic] ?? 0;
  if (event.aggregateVersion <= seen) return undefined;
  // Change data capture tells the last state, not each step.
  const dense = !projection.captured?.includes(message.topic);
  const last = lastBefore(event.aggregateVersion, seen, given);
  if (dense && row && seen > 0 && event.aggregateVersion > last + 1)
    return failed('EVENT_GAP', `version ${event.aggregateVersion} came after ${seen}`);
  try {
    const next = projection.evolve(row, event);
    if (!next) return undefined;
    rows.set(key, {
      ...next,
      store_id: event.storeId,
      versions: { ...row?.versions, [message.topic]: event.aggregateVersion },
    });
    changed.add(key);
    return undefined;
  } catch (error_) {
    return rejected(error_);
  }
}

/** Who gives an event up gives up what is missing before it too. */
const lastBefore = (version: number, seen: number, given: ReadonlySet<number>): number =>
  [...given].reduce((last, one) => (one < version ? Math.max(last, one) : last), seen);

/** It waits for an operator. */
const failed = (code: string, message: string): Failure => ({
  ...{ code, message, attempts: 1, retryIn: undefined },
});

export const rejected = (error: unknown): Failure => failed('EVENT_REJECTED', String(error));

export const decodeFailure = (error: unknown): Failure =>
  failed(error instanceof DomainError ? error.code : 'UNDECODABLE', String(error));
