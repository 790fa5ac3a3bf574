import { metrics } from '@opentelemetry/api';
import type { Log } from '@tradewind/outbox/logger.ts';
import { Redis } from 'ioredis';

/** What a service knows of a product, as its subgraph answers it. */
export interface Part {
  readonly storeId: string;
  /** Of the product's events in the topic that the service follows. */
  readonly version: number;
  readonly body: unknown;
}

/** `gql:product:{id}`: a Redis hash with the parts of several services, for 30 seconds at most. */
export interface ProductCache {
  /** In the order of the ids; undefined what is not there. Says that what is missing is going to be filled. */
  read(ids: readonly string[]): Promise<(Part | undefined)[]>;
  /** Keeps what was read from the tables since, unless an event told of something newer meanwhile. Nobody waits for it. */
  keep(parts: ReadonlyMap<string, Part>): void;
  /** Events told of these versions: what is older goes. Throws while Redis is away. */
  invalidate(versions: ReadonlyMap<string, number>): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ProductCacheOptions {
  readonly url: string;
  /** The field of the hash that is this service's. */
  readonly part: string;
  /** Longest wait for Redis; 75 unless said. After a failure it is left alone for a second. */
  readonly timeoutMs?: number;
  readonly log: Log;
}

const TTL_MS = 30_000;
const TIMEOUT_MS = 75;
const PAUSE_MS = 1_000;

/*
 * A field is "<version> <tenant> <json>", or "<version>" alone: somebody is reading the tables, or an event told of this
 * version. A reader announces itself before it reads, so events of products that nobody asked for cost one look; and what
 * it read is stored only if its mark is still there and no newer one has taken its place.
 */
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
  readParts(keys: number, ...rest: (string | number)[]): Promise<string[]>;
  fillParts(keys: number, ...rest: (string | number)[]): Promise<null>;
  invalidateParts(keys: number, ...rest: (string | number)[]): Promise<null>;
}

const keyOf = (id: string): string => `gql:product:${id}`;

export function openProductCache({
  url,
  part,
  timeoutMs = TIMEOUT_MS,
  log,
}: ProductCacheOptions): ProductCache {
  const redis = new Redis(url, {
    connectionName: `gql-${part}`,
    connectTimeout: 1_000,
    commandTimeout: timeoutMs,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, PAUSE_MS),
    scripts: { readParts: { lua: read }, fillParts: { lua: fill }, invalidateParts: { lua: invalidate } },
  }) as Redis & Commands;
  const reads = metrics.getMeter('tradewind.graphql').createCounter('gql_product_cache_reads_total', {
    description: 'Products looked up in gql:product, by outcome',
  });
  let skipUntil = 0;
  let away = false;

  redis.on('error', (error: Error) => noteFailure(error));
  redis.on('ready', () => {
    skipUntil = 0;
    if (away) log.info({}, 'the product cache is back');
    away = false;
  });

  function noteFailure(error: unknown): void {
    skipUntil = Date.now() + PAUSE_MS;
    if (!away) log.warn({ error: String(error) }, 'the product cache is away; reads go to the database');
    away = true;
  }

  const usable = (): boolean => Date.now() >= skipUntil && redis.status === 'ready';

  return {
    async read(ids) {
      if (ids.length === 0 || !usable()) return ids.map(() => undefined);
      try {
        const values = await redis.readParts(ids.length, ...ids.map(keyOf), part, TTL_MS);
        const found = ids.map((_, at) => parse(values[at] ?? '0'));
        const hits = found.filter((one) => one !== undefined).length;
        if (hits > 0) reads.add(hits, { part, outcome: 'hit' });
        if (hits < ids.length) reads.add(ids.length - hits, { part, outcome: 'miss' });
        return found;
      } catch (error) {
        noteFailure(error);
        return ids.map(() => undefined);
      }
    },
    keep(parts) {
      if (parts.size === 0 || !usable()) return;
      const values = [...parts.values()].map(
        ({ version, storeId, body }) => `${version} ${encodeURIComponent(storeId)} ${JSON.stringify(body)}`,
      );
      redis.fillParts(parts.size, ...[...parts.keys()].map(keyOf), part, ...values).catch(noteFailure);
    },
    async invalidate(versions) {
      if (versions.size === 0) return;
      await redis.invalidateParts(
        versions.size,
        ...[...versions.keys()].map(keyOf),
        part,
        ...versions.values(),
      );
    },
    async ping() {
      await redis.ping();
    },
    async close() {
      redis.disconnect();
    },
  };
}

function parse(value: string): Part | undefined {
  const afterVersion = value.indexOf(' ');
  if (afterVersion < 0) return undefined;
  const afterStore = value.indexOf(' ', afterVersion + 1);
  return {
    version: Number(value.slice(0, afterVersion)),
    storeId: decodeURIComponent(value.slice(afterVersion + 1, afterStore)),
    body: JSON.parse(value.slice(afterStore + 1)),
  };
}
