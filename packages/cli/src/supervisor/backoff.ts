const FIRST_MS = 200;
const LAST_MS = 5_000;
const HEALTHY_MS = 30_000;

/** Pause before the next start: doubles from 200 ms to 5 s, and begins anew once the process was healthy for 30 s. */
export function nextPause(previousMs: number | undefined, healthyMs: number): number {
  if (previousMs === undefined || healthyMs >= HEALTHY_MS) return FIRST_MS;
  return Math.min(previousMs * 2, LAST_MS);
}
