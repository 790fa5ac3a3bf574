import type { CacheReads, Tag } from './tagged-cache.ts';

/** What a look-up has found, and under which tags it is to be kept. */
export interface Found<V> {
  readonly value: V;
  readonly tags: readonly Tag[];
}

/**
 * The entry, at once where it is at hand; else one look-up for all who ask meanwhile. Who asks after an event never joins a
 * look-up from before it. `tags` are those that are known before the look-up.
 */
export type ReadThrough<V> = (
  key: string,
  tags: readonly Tag[],
  look: () => Promise<Found<V>>,
) => V | Promise<V>;

interface Flight<V> {
  readonly begun: number;
  readonly value: Promise<V>;
}

/** @param isFed whether events arrive: while they may not, nothing is kept in the process */
export function createReadThrough<V>(cache: CacheReads<V>, isFed: () => boolean): ReadThrough<V> {
  const flights = new Map<string, Flight<V>>();

  async function lookUp(key: string, look: () => Promise<Found<V>>, begun: number): Promise<V> {
    const { value, tags } = await look();
    if (isFed()) cache.fill(key, value, tags, begun);
    return value;
  }

  return (key, tags, look) => {
    const known = cache.get(key);
    if (known !== undefined) return known;
    const flying = flights.get(key);
    if (flying && !cache.outdatedSince(flying.begun, tags)) return flying.value;
    const begun = cache.begin();
    const value = lookUp(key, look, begun).finally(() => {
      if (flights.get(key)?.value === value) flights.delete(key);
    });
    flights.set(key, { begun, value });
    return value;
  };
}
