import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_MS = 30_000;
const POLL_MS = 100;

/**
 * Asks again and again until there is an answer; undefined means not yet.
 * @throws Error that says what was waited for, when the time is over
 */
export async function within<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  ms = LONGEST_MS,
): Promise<T> {
  for (const deadline = Date.now() + ms; ; await pause(POLL_MS)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw new Error(`not seen within ${ms / 1_000} s: ${what}`);
  }
}
