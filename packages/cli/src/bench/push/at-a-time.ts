/** Does something for each item, so many at a time. */
export async function atATime<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) await work(items[at]!);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/** Spreads the reconnections of a share of the clients over a time. */
export async function spread<T>(
  items: readonly T[],
  share: number,
  seconds: number,
  again: (item: T) => Promise<unknown>,
): Promise<number> {
  const chosen = items.slice(0, Math.round(items.length * share));
  const started = performance.now();
  await Promise.all(
    chosen.map(async (item, at) => {
      const due = started + (at / chosen.length) * seconds * 1_000;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      await again(item);
    }),
  );
  return chosen.length;
}
