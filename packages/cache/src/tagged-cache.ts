import { LRUCache } from 'lru-cache';

/** What an entry shows: one product, everything of a category, a tenant's list. */
export interface Tag {
  readonly name: string;
  /** The version of it that the entry shows, where it has one. */
  readonly version?: number;
}

/** An event says that what a tag stands for has changed, to this version where it has one. */
export interface Change {
  readonly tag: string;
  readonly version?: number;
}

/** What readers may do: nothing here takes an entry away. */
export interface CacheReads<V> {
  get(key: string): V | undefined;
  /** The moment in which a look-up begins. */
  begin(): number;
  /** Whether a look-up that began then may show something older than what an event has told since. */
  outdatedSince(begun: number, tags: readonly Tag[]): boolean;
  /** Keeps what a look-up has found, unless it is outdated. */
  fill(key: string, value: V, tags: readonly Tag[], begun: number): void;
}

/** For the consumers of events. */
export interface CacheInvalidation {
  /** Fills that are older are refused from here on; what is stored stays until `drop`. */
  outdate(changes: readonly Change[]): void;
  /** Removes the entries with this tag that a change has outdated. */
  drop(tag: string): void;
  /** Removes every entry with this tag, outdated or not. */
  dropAll(tag: string): void;
}

export type TaggedCache<V> = CacheReads<V> & CacheInvalidation & { readonly size: number };

export interface TaggedCacheOptions {
  readonly maxEntries: number;
  /** How long an entry lives at most, should events stop coming. */
  readonly ttlMs: number;
  /** ms, never going back. */
  readonly now: () => number;
}

interface Entry<V> {
  readonly value: V;
  readonly tags: readonly Tag[];
  readonly begun: number;
  readonly expiresAt: number;
}

/** The last change of a tag: its place in the order of all changes, and the highest version told. */
interface Floor {
  readonly at: number;
  readonly version: number | undefined;
}

/**
 * Entries by key, each under the tags of what it shows. A slow look-up can't put an old value over a newer change: it says
 * when it began, and every change leaves a floor below which nothing is taken. Floors are bounded too; when one is
 * forgotten, look-ups that began before its change are refused whatever they show.
 */
export function createTaggedCache<V>({ maxEntries, ttlMs, now }: TaggedCacheOptions): TaggedCache<V> {
  const keysOf = new Map<string, Set<string>>();
  let clock = 0;
  let forgotten = 0;

  const entries = new LRUCache<string, Entry<V>>({
    max: maxEntries,
    dispose: ({ tags }, key, reason) => {
      if (reason !== 'set') unlink(key, tags);
    },
  });
  const floors = new LRUCache<string, Floor>({
    max: 5 * maxEntries,
    dispose: ({ at }, _, reason) => {
      if (reason === 'evict') forgotten = Math.max(forgotten, at);
    },
  });

  function link(key: string, tags: readonly Tag[]): void {
    for (const { name } of tags) {
      const keys = keysOf.get(name);
      if (keys) keys.add(key);
      else keysOf.set(name, new Set([key]));
    }
  }

  function unlink(key: string, tags: readonly Tag[]): void {
    for (const { name } of tags) {
      const keys = keysOf.get(name);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(name);
    }
  }

  const isBelow = (begun: number, { name, version }: Tag): boolean => {
    const floor = floors.peek(name);
    if (!floor) return false;
    // Versions say more than the order of arrival: a copy as new as the event may have been read before it came.
    if (version !== undefined && floor.version !== undefined) return version < floor.version;
    return begun < floor.at;
  };
  const outdatedSince = (begun: number, tags: readonly Tag[]): boolean =>
    begun < forgotten || tags.some((tag) => isBelow(begun, tag));

  function remove(tag: string, which: (entry: Entry<V>) => boolean): void {
    for (const key of [...(keysOf.get(tag) ?? [])]) {
      const entry = entries.peek(key);
      if (entry && which(entry)) entries.delete(key);
    }
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (entry.expiresAt > now()) return entry.value;
      entries.delete(key);
      return undefined;
    },
    begin: () => clock,
    outdatedSince,
    fill(key, value, tags, begun) {
      if (outdatedSince(begun, tags)) return;
      const known = entries.peek(key);
      if (known && known.expiresAt > now() && isNewer(known.tags, tags)) return;
      if (known) unlink(key, known.tags);
      entries.set(key, { value, tags, begun, expiresAt: now() + ttlMs });
      link(key, tags);
    },
    outdate(changes) {
      clock++;
      for (const { tag, version } of changes) {
        const known = floors.peek(tag)?.version;
        const highest = known === undefined || version === undefined ? version : Math.max(known, version);
        floors.set(tag, { at: clock, version: highest });
      }
    },
    drop: (tag) =>
      remove(tag, ({ tags, begun }) => tags.some((one) => one.name === tag && isBelow(begun, one))),
    dropAll: (tag) => remove(tag, () => true),
    get size() {
      return entries.size;
    },
  };
}

/** Whether one shows a version beyond the other's of the same thing. */
function isNewer(known: readonly Tag[], other: readonly Tag[]): boolean {
  return known.some(({ name, version }) => {
    const theirs = other.find((tag) => tag.name === name)?.version;
    return version !== undefined && theirs !== undefined && version > theirs;
  });
}
