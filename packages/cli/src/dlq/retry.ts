import { setTimeout as pause } from 'node:timers/promises';
import { retryDeadLetter } from '@tradewind/outbox/dead-letters.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Letter } from './letter.ts';
import { retryLetter } from './topic-letters.ts';

const WITHIN_MS = 8_000;
const POLL_MS = 100;

/** `waiting`: the service has not come to it yet (is it running?). */
export type RetryOutcome =
  { readonly state: 'applied' | 'waiting' } | { readonly state: 'failed'; readonly error: string };

/** Has the running service try a letter now, with all its tries again, and waits a little for what becomes of it. */
export async function retry(stack: RunningStack, { id }: Letter): Promise<RetryOutcome> {
  const { kind, database, row } = id;
  if (kind === 'topic') return retryLetter(stack, id);
  await stack.transaction(database, '', (tx) => retryDeadLetter(tx, { kind, row }));
  const look =
    kind === 'parked'
      ? `select attempts > 0 as failed, concat_ws(': ', error_code, error) as error from parked_events where id = $1`
      : `select parked_reason is not null as failed, parked_reason as error from outbox where id = $1`;
  for (const deadline = Date.now() + WITHIN_MS; Date.now() < deadline; await pause(POLL_MS)) {
    const [left] = await stack.query<{ failed: boolean; error: string | null }>(database, look, [row]);
    if (left === undefined) return { state: 'applied' };
    if (left.failed) return { state: 'failed', error: left.error ?? '' };
  }
  return { state: 'waiting' };
}
