import type { Log } from '@tradewind/outbox/logger.ts';
import { Redis } from 'ioredis';
import type { ReadCounts } from './cache-metrics.ts';

/** A copy as it is stored for all processes. */
export interface Copy {
  readonly storeId: string;
  /** Of the events that outdate it. */
  readonly version: number;
  readonly text: string;
}

/** What readers may do: a copy is only ever taken away by `invalidate`, or by its time. */
export interface CopyReads {
  /** In the order of the ids; undefined what is not there. Says that what is missing is going to be filled. */
  read(ids: readonly string[]): Promise<(Copy | undefined)[]>;
  /** Keeps what was read from the tables since, unless an event told of something newer meanwhile. Nobody waits for it. */
  keep(copies: ReadonlyMap<string, Copy>): void;
}

/** For the consumers of events. */
export interface CopyInvalidation {
  /** Events told of these versions: what is older goes. Throws while Redis is away. */
  invalidate(versions: ReadonlyMap<string, number>): Promise<void>;
}

/** For consumers that set copies from events instead of taking them out. */
export interface CopyUpdates extends CopyInvalidation {
  /** As `read`, but promises no fill. Throws while Redis is away. */
  peek(ids: readonly string[]): Promise<(Copy | undefined)[]>;
  /** Stores newer versions of what is there. Throws while Redis is away. */
  update(copies: ReadonlyMap<string, Copy>): Promise<void>;
}

export interface VersionedCopies extends CopyReads, CopyUpdates {
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface VersionedCopiesOptions {
  readonly url: string;
  /** In front of the id: `product:` */
  readonly prefix: string;
  /** The field of the key's hash: services may each keep a part of their own under one key. */
  readonly part: string;
  readonly ttlMs: number;
  /** Longest wait for Redis; 75 unless said. After a failure it is left alone for a second. */
  readonly timeoutMs?: number;
  /** Told of what is found and what is not; who reads on from here counts by itself. */
  readonly counts?: Pick<ReadCounts, 'hit' | 'miss'>;
  readonly log: Log;
}

const TIMEOUT_MS = 75;
const PAUSE_MS = 1_000;

/*
 * A field is "<version> <tenant> <text>", or "<version>" alone: somebody is reading the tables, or an event told of this
 * version. A reader announces itself before it reads, so events of what nobody asked for cost one look; and what it read is
 * stored only if its mark is still there and no newer one has taken its place.
 */
const peek = `
  local found = {}
  for i, key in ipairs(KEYS) do found[i] = redis.call('hget', key, ARGV[1]) or '0' end
  return found`;
const read = `
  local found = {}
  for i, key in ipairs(KEYS) do
    local value = redis.call('hget', key, ARGV[1])
    if not value then
      redis.call('hset', key, ARGV[1], '0')
      redis.call('pexpire', key, ARGV[2], 'NX')
    end
    found[i] = value or '0'
  end
  return found`;
const fill = `
  for i, key in ipairs(KEYS) do
    local known = redis.call('hget', key, ARGV[1])
    local given = ARGV[1 + i]
    if known and tonumber(string.match(known, '^%d+')) <= tonumber(string.match(given, '^%d+')) then
      redis.call('hset', key, ARGV[1], given)
    end
  end`;
const invalidate = `
  for i, key in ipairs(KEYS) do
    local known = redis.call('hget', key, ARGV[1])
    if known and tonumber(string.match(known, '^%d+')) < tonumber(ARGV[1 + i]) then
      redis.call('hset', key, ARGV[1], ARGV[1 + i])
    end
  end`;

interface Commands {
  peekCopies(keys: number, ...rest: (string | number)[]): Promise<string[]>;
  readCopies(keys: number, ...rest: (string | number)[]): Promise<string[]>;
  fillCopies(keys: number, ...rest: (string | number)[]): Promise<null>;
  invalidateCopies(keys: number, ...rest: (string | number)[]): Promise<null>;
}

export function openVersionedCopies(options: VersionedCopiesOptions): VersionedCopies {
  const { url, prefix, part, ttlMs, timeoutMs = TIMEOUT_MS, counts, log } = options;
  const cache = `${prefix}{id}`;
  const redis = new Redis(url, {
    connectionName: `${prefix}${part}`.replaceAll(':', '-'),
    connectTimeout: 1_000,
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, PAUSE_MS),
    scripts: {
      peekCopies: { lua: peek },
      readCopies: { lua: read },
      fillCopies: { lua: fill },
      invalidateCopies: { lua: invalidate },
    },
  }) as Redis & Commands;
  let skipUntil = 0;
  let away = false;

  redis.on('error', (error: Error) => noteFailure(error));
  redis.on('ready', () => {
    skipUntil = 0;
    if (away) log.info({ cache }, 'the shared cache is back');
    away = false;
  });

  function noteFailure(error: unknown): void {
    skipUntil = Date.now() + PAUSE_MS;
    if (!away)
      log.warn({ cache, error: String(error) }, 'the shared cache is away; reads go to the database');
    away = true;
  }

  const usable = (): boolean => Date.now() >= skipUntil && redis.status === 'ready';
  const keysOf = (ids: Iterable<string>): string[] => Array.from(ids, (id) => `${prefix}${id}`);

  const store = (copies: ReadonlyMap<string, Copy>): Promise<unknown> =>
    redis.fillCopies(copies.size, ...keysOf(copies.keys()), part, ...Array.from(copies.values(), textOf));

  return {
    async read(ids) {
      if (ids.length === 0 || !usable()) return ids.map(() => undefined);
      try {
        const values = await redis.readCopies(ids.length, ...keysOf(ids), part, ttlMs);
        away = false;
        const found = ids.map((_, at) => parse(values[at] ?? '0'));
        for (const one of found) {
          if (one) counts?.hit('shared');
          else counts?.miss();
        }
        return found;
      } catch (error) {
        noteFailure(error);
        return ids.map(() => undefined);
      }
    },
    keep(copies) {
      if (copies.size > 0 && usable()) store(copies).catch(noteFailure);
    },
    async peek(ids) {
      if (ids.length === 0) return [];
      return (await redis.peekCopies(ids.length, ...keysOf(ids), part)).map(parse);
    },
    async update(copies) {
      if (copies.size > 0) await store(copies);
    },
    async invalidate(versions) {
      if (versions.size === 0) return;
      await redis.invalidateCopies(versions.size, ...keysOf(versions.keys()), part, ...versions.values());
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
    },
  };
}

const textOf = ({ version, storeId, text }: Copy): string =>
  `${version} ${encodeURIComponent(storeId)} ${text}`;

function parse(value: string): Copy | undefined {
  const afterVersion = value.indexOf(' ');
  if (afterVersion < 0) return undefined;
  const afterStore = value.indexOf(' ', afterVersion + 1);
  return {
    version: Number(value.slice(0, afterVersion)),
    storeId: decodeURIComponent(value.slice(afterVersion + 1, afterStore)),
    text: value.slice(afterStore + 1),
  };
}
