/** Tries after the first one. */
export const RETRIES = 5;
const FACTOR = 4;
const JITTER = 0.2;

/**
 * How long to wait after a try that failed, in ms; undefined when it was the last one. `firstMs` × 1, 4, 16, 64, 256, up to
 * a fifth more or less, so that what failed together does not come back together.
 * @param attempts tries so far
 * @param random 0 ≤ random() < 1
 */
export function retryIn(attempts: number, firstMs: number, random: () => number): number | undefined {
  if (attempts > RETRIES) return undefined;
  return Math.round(firstMs * FACTOR ** (attempts - 1) * (1 - JITTER + 2 * JITTER * random()));
}
