import { setTimeout as delay } from 'node:timers/promises';

export interface Backoff {
  /** First pause in ms. */
  readonly initialMs: number;
  /** Longest pause in ms. */
  readonly maxMs: number;
}

/** Pause before try number `attempt` + 1: doubles each time, of which a random half, so that many waiters spread out. */
export function pauseMs(attempt: number, { initialMs, maxMs }: Backoff, random = Math.random): number {
  const longest = Math.min(maxMs, initialMs * 2 ** (attempt - 1));
  return longest / 2 + (random() * longest) / 2;
}

/** Waits; ends early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
