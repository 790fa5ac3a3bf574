import type { Projection } from '@tradewind/outbox/projection.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import type { Redis } from 'ioredis';
import { pipelined } from './pipelined.ts';
import { redisKeys } from './redis-keys.ts';

export interface Newest {
  /** The time column of the sorted set, and whose set it is: the values of its `by`. */
  readonly score: string;
  readonly by: readonly string[];
  readonly limit: number;
  /** Epoch ms; only rows later than this. */
  readonly since?: number;
}

export interface Sum {
  readonly by: readonly string[];
  readonly count: number;
  readonly sum: bigint;
}

/** What services ask of rows in Redis. All of it throws DomainError PROJECTION_LOST where Redis was wiped. */
export interface RedisReads {
  find(
    projection: Projection,
    version: number,
    storeId: string,
    keys: readonly string[],
  ): Promise<Map<string, StoredRow>>;
  /** Newest first, of one sorted set. */
  newest(projection: Projection, version: number, storeId: string, wanted: Newest): Promise<StoredRow[]>;
  count(
    projection: Projection,
    version: number,
    storeId: string,
    wanted: Pick<Newest, 'score' | 'by'> & { readonly since: number },
  ): Promise<number>;
  sums(projection: Projection, version: number, storeId: string): Promise<Sum[]>;
}

export function redisReads(redis: Redis, namespace: string, find: RedisReads['find']): RedisReads {
  return {
    find,
    async newest(projection, version, storeId, { score, by, limit, since }) {
      const set = redisKeys(namespace, projection, version).sorted(storeId, score, by);
      const least = since === undefined ? '-inf' : `(${since}`;
      const keys = await redis.zrevrangebyscore(set, '+inf', least, 'LIMIT', 0, limit);
      const rows = await find(projection, version, storeId, keys);
      return keys.flatMap((key) => rows.get(key) ?? []);
    },
    async count(projection, version, storeId, { score, by, since }) {
      return redis.zcount(
        redisKeys(namespace, projection, version).sorted(storeId, score, by),
        `(${since}`,
        '+inf',
      );
    },
    async sums(projection, version, storeId) {
      const keys = redisKeys(namespace, projection, version);
      const [there, fields] = await pipelined<number, Record<string, string> | string[]>(redis, [
        ['exists', keys.marker],
        ['hgetall', keys.sums(storeId)],
      ]);
      if (there === 0) await find(projection, version, storeId, []);
      return sumsIn(fields as Record<string, string>);
    },
  };
}

/** Fields are `n` or `s` and the values of the columns as JSON. */
function sumsIn(fields: Readonly<Record<string, string>>): Sum[] {
  return Object.entries(fields).flatMap(([field, count]) => {
    if (!field.startsWith('n') || count === '0') return [];
    const name = field.slice(1);
    return { by: JSON.parse(name) as string[], count: Number(count), sum: BigInt(fields[`s${name}`] ?? '0') };
  });
}
