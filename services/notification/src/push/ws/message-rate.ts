/** What becomes of a client's next message. */
export type Verdict = 'taken' | 'refused' | 'cut';

/**
 * A token bucket: `perSecond` messages in the long run, `burst` at once. Who goes on although refused is cut after as many
 * again. Pure but for the clock that it is given.
 */
export function messageRate(perSecond: number, burst: number): (now: number) => Verdict {
  let left = burst;
  let at: number | undefined;
  return (now) => {
    left = Math.min(burst, left + (Math.max(0, now - (at ?? now)) * perSecond) / 1_000) - 1;
    at = now;
    if (left >= 0) return 'taken';
    return left > -burst ? 'refused' : 'cut';
  };
}
