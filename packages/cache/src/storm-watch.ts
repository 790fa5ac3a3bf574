import { LRUCache } from 'lru-cache';

export interface StormWatchOptions {
  /** More than this many in a second is a storm. */
  readonly perSecond: number;
  /** ms, never going back. */
  readonly now: () => number;
  onBegin(key: string, count: number): void;
  onEnd(key: string): void;
}

/** Tells keys of which too much is heard. */
export interface StormWatch {
  /** Counts one; whether the key is in a storm. */
  note(key: string): boolean;
  isStormy(key: string): boolean;
  /** Ends the storms that nobody has heard of for a while. */
  sweep(): void;
  readonly active: number;
}

interface Seen {
  since: number;
  count: number;
}

const SECOND = 1_000;
const MOST_KEYS = 50_000;

/**
 * A storm begins with the first event too many within a second, and ends by itself: after a whole second with at most half
 * as many, so that a rate near the limit does not begin and end it all the time.
 */
export function createStormWatch({ perSecond, now, onBegin, onEnd }: StormWatchOptions): StormWatch {
  const seen = new LRUCache<string, Seen>({ max: MOST_KEYS });
  const stormy = new Set<string>();

  function settle(key: string, state: Seen): void {
    const passed = now() - state.since;
    if (passed < SECOND) return;
    if (stormy.has(key) && (state.count <= perSecond / 2 || passed >= 2 * SECOND)) {
      stormy.delete(key);
      onEnd(key);
    }
    state.since = now();
    state.count = 0;
  }

  return {
    note(key) {
      let state = seen.get(key);
      if (state) settle(key, state);
      else seen.set(key, (state = { since: now(), count: 0 }));
      state.count++;
      if (state.count > perSecond && !stormy.has(key)) {
        stormy.add(key);
        onBegin(key, state.count);
      }
      return stormy.has(key);
    },
    isStormy: (key) => stormy.has(key),
    sweep() {
      for (const key of [...stormy]) settle(key, seen.peek(key) ?? { since: -Infinity, count: 0 });
    },
    get active() {
      return stormy.size;
    },
  };
}
