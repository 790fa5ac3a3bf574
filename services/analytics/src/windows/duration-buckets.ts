/** Buckets per doubling: a percentile is told at most a fifth too high. */
const STEPS = 4;

/** The bucket of a duration: 0 is "at once", bucket b ends below 2^(b/4) ms. */
export const bucketOf = (ms: number): number => (ms < 1 ? 0 : Math.floor(Math.log2(ms) * STEPS) + 1);

export const upperMsOf = (bucket: number): number => (bucket === 0 ? 1 : 2 ** (bucket / STEPS));

/** Upper ends, in ms, of the buckets in which these shares of all durations are reached; 0 where there are none. */
export function percentilesOf(
  counts: ReadonlyMap<number, number>,
  shares: readonly number[],
): readonly number[] {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  return shares.map((share) => {
    let seen = 0;
    for (const [bucket, count] of sorted) {
      seen += count;
      if (seen >= total * share) return Math.round(upperMsOf(bucket));
    }
    return 0;
  });
}
