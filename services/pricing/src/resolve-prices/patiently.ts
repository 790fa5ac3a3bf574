import { setTimeout } from 'node:timers/promises';
import { isDomainError } from '@tradewind/kernel/errors.ts';

/** How long a request waits for a product that nobody has told of yet: it may have been made just now. */
const GRACE_MS = 1_000;
const PAUSE_MS = 50;

/** Tries again while products are unknown rather than off the shelf. */
export async function patiently<T>(resolve: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    try {
      return await resolve();
    } catch (error) {
      if (!mayStillCome(error) || performance.now() > deadline) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}

function mayStillCome(error: unknown): boolean {
  if (!isDomainError(error) || error.code !== 'UNKNOWN_PRODUCT') return false;
  const { lines } = error.details as { lines?: readonly { archived?: boolean }[] };
  return lines?.every(({ archived }) => !archived) ?? false;
}
