export interface Limit {
  /** Runs work when one of the places is free, first come first served. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createLimit(places: number): Limit {
  let free = places;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
