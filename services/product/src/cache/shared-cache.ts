import { Redis } from 'ioredis';
import type { Log } from '@tradewind/outbox/logger.ts';
import { productError } from '#errors.ts';
import type { CachedProduct } from './near-cache.ts';

export interface SharedCache {
  /** The stored copy; undefined also while the server is away, which costs a bounded wait at most once a second. */
  get(id: string): Promise<CachedProduct | undefined>;
  /** Stores a copy unless a newer version is known there. Nobody waits for it; a loss is a miss later. */
  fill(id: string, product: CachedProduct): void;
  /**
   * Removes copies older than `version` and keeps them out. Throws CACHE_UNAVAILABLE, to be tried again.
   */
  invalidate(id: string, version: number): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface SharedCacheOptions {
  readonly url: string;
  readonly ttlMs: number;
  /** Longest wait for a reply. */
  readonly timeoutMs: number;
  readonly log: Log;
}

const PAUSE_MS = 1_000;

/*
 * A value is "<version> <tenant> <json>", or "<version>" alone: a mark that no older copy may be stored. Compare and set
 * happen in the server, so that a slow reader can't bring back what an event has removed.
 */
const setIfNewer = `
  local known = redis.call('get', KEYS[1])
  local version = known and tonumber(string.match(known, '^%d+')) or -1
  local given = tonumber(string.match(ARGV[1], '^%d+'))
  if version > given or (version == given and not string.find(ARGV[1], ' ')) then return 0 end
  redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;

interface Commands {
  setIfNewer(key: string, value: string, ttlMs: number): Promise<number>;
}

const keyOf = (id: string): string => `product:${id}`;

export function openSharedCache({ url, ttlMs, timeoutMs, log }: SharedCacheOptions): SharedCache {
  const redis = new Redis(url, {
    connectionName: 'product',
    connectTimeout: 1_000,
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, PAUSE_MS),
    scripts: { setIfNewer: { lua: setIfNewer, numberOfKeys: 1 } },
  }) as Redis & Commands;
  let skipUntil = 0;
  let away = false;

  redis.on('error', (error: Error) => noteFailure(error));
  redis.on('ready', () => {
    skipUntil = 0;
    if (away) log.info({}, 'the shared cache is back');
    away = false;
  });

  function noteFailure(error: unknown): void {
    skipUntil = Date.now() + PAUSE_MS;
    if (!away) log.warn({ error: String(error) }, 'the shared cache is away; reads go to the database');
    away = true;
  }

  return {
    async get(id) {
      if (Date.now() < skipUntil || redis.status !== 'ready') return undefined;
      try {
        const value = await redis.get(keyOf(id));
        away = false;
        return value === null ? undefined : parse(value);
      } catch (error) {
        noteFailure(error);
        return undefined;
      }
    },
    fill(id, { version, storeId, body }) {
      if (Date.now() < skipUntil || redis.status !== 'ready') return;
      redis
        .setIfNewer(keyOf(id), `${version} ${encodeURIComponent(storeId)} ${body}`, ttlMs)
        .catch(noteFailure);
    },
    async invalidate(id, version) {
      try {
        await redis.setIfNewer(keyOf(id), String(version), ttlMs);
      } catch (cause) {
        noteFailure(cause);
        throw productError('CACHE_UNAVAILABLE', { cause });
      }
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
    },
  };
}

function parse(value: string): CachedProduct | undefined {
  const afterVersion = value.indexOf(' ');
  if (afterVersion < 0) return undefined;
  const afterStore = value.indexOf(' ', afterVersion + 1);
  const version = Number(value.slice(0, afterVersion));
  return {
    version,
    storeId: decodeURIComponent(value.slice(afterVersion + 1, afterStore)),
    etag: `"${version}"`,
    body: value.slice(afterStore + 1),
  };
}
