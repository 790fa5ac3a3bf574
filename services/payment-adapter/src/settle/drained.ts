const PATIENCE_MS = 3_000;

/** Waits for runs to end when the service stops, but not for long: their timers stand, another process takes them over. */
export async function drained(runs: Iterable<Promise<unknown>>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([Promise.allSettled(runs), patience]);
  clearTimeout(timer);
}
