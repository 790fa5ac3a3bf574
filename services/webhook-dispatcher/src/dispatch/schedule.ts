/** Waits between the attempts at one delivery, in ms; after the last of them it has failed. */
export const STEPS_MS: readonly number[] = [30_000, 120_000, 300_000, 900_000, 1_800_000];
const JITTER = 0.1;

export interface Retry {
  /** Of the schedule, from 0. */
  readonly step: number;
  readonly inMs: number;
}

/**
 * When to try again after so many tries of a round; undefined = never. Pure.
 * @param random from 0 to 1: spreads what failed at the same moment
 * @param retryAfterMs what the endpoint asked for: it is waited for at least so long
 */
export function nextTry(
  tries: number,
  {
    random,
    timeScale,
    retryAfterMs = 0,
  }: { random: number; timeScale: number; retryAfterMs?: number | undefined },
): Retry | undefined {
  const step = tries - 1;
  const wait = STEPS_MS[step];
  if (wait === undefined) return undefined;
  const jittered = wait * timeScale * (1 - JITTER + 2 * JITTER * random);
  return { step, inMs: Math.ceil(Math.max(jittered, retryAfterMs)) };
}
