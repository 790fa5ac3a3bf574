import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Longest time to wait, in ms; default 10,000. */
  readonly within?: number;
  /** Time between two tries, in ms; default 50. */
  readonly every?: number;
}

/**
 * Tries an assertion until it holds and answers what it answered. This is how a test waits: never by a fixed time.
 * @throws the last failure, with a note of how long and how often it was tried
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<T> {
  const { within = 10_000, every = 50 } = options;
  const deadline = performance.now() + within;
  for (let tries = 1; ; tries++) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= deadline) throw late(error, within, tries);
      await pause(every);
    }
  }
}

/** The same error, so that a runner still shows its diff; only the message says that it was waited for. */
function late(error: unknown, within: number, tries: number): unknown {
  const note = `did not hold within ${within} ms (${tries} tries)`;
  if (!(error instanceof Error)) return new Error(`${note}: ${String(error)}`);
  error.message = `${error.message}\n${note}`;
  return error;
}
