/**
 * The keys that wait behind a parked event, as this process knows them. It parks the keys of its partitions itself, so it
 * may be wrong in one direction only: a key that was freed meanwhile makes a detour through the table.
 */
export interface ParkedKeys {
  has(key: string): boolean;
  /** Parks a key's event by `store`; the key waits from the start of the write on. */
  park(key: string, store: () => Promise<void>): Promise<void>;
  /**
   * Takes over what the table says. A key is forgotten only if nothing of it was parked since the question was asked:
   * the answer would not know that event, and a later one of the key would overtake it.
   */
  refresh(read: () => Promise<ReadonlySet<string>>): Promise<void>;
  readonly size: number;
}

export function createParkedKeys(): ParkedKeys {
  /** When the last event of a key was parked, in steps; Infinity while one is being parked. */
  const keys = new Map<string, number>();
  let step = 0;
  return {
    has: (key) => keys.has(key),
    async park(key, store) {
      keys.set(key, Infinity);
      try {
        await store();
      } finally {
        keys.set(key, ++step);
      }
    },
    async refresh(read) {
      const asked = ++step;
      const stored = await read();
      for (const [key, at] of keys) if (!stored.has(key) && at < asked) keys.delete(key);
      for (const key of stored) if (!keys.has(key)) keys.set(key, asked);
    },
    get size() {
      return keys.size;
    },
  };
}
