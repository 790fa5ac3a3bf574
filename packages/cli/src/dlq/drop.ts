import { dropDeadLetter } from '@tradewind/outbox/dead-letters.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Letter } from './letter.ts';
import { settleLetter } from './topic-letters.ts';

/** Gives an event up for one consumer, so that what waits behind it goes on. */
export async function drop(stack: RunningStack, { id, storeId, stored }: Letter): Promise<void> {
  if (stored === undefined) return settleLetter(stack, id, 'dropped');
  await stack.transaction(id.database, storeId, (tx) => dropDeadLetter(tx, stored));
}
