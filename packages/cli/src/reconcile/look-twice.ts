import type { Invariant, Violation } from './invariant.ts';
import type { RunningStack } from './running-stack.ts';

/**
 * What breaks a rule in both of two looks. A timer that fires between two reads (a reservation lapses, say) makes services
 * disagree for a moment, however quiet all was before; what is wrong stays wrong.
 * @param again waits until the stack is quiet, and answers a view of it that has read nothing yet
 */
export async function lookTwice(
  invariant: Invariant,
  stack: RunningStack,
  again: () => Promise<RunningStack>,
): Promise<Violation[]> {
  const first = await invariant.check(stack);
  if (first.length === 0) return first;
  const seen = new Set(first.map(({ subject }) => subject));
  const later = await again();
  try {
    return (await invariant.check(later)).filter(({ subject }) => seen.has(subject));
  } finally {
    await later.close();
  }
}
