import { Redis } from 'ioredis';

/** All hashes whose keys match a pattern. */
export async function redisHashes(
  url: string,
  pattern: string,
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const redis = new Redis(url, { connectionName: 'tw', maxRetriesPerRequest: 2, connectTimeout: 5_000 });
  try {
    const found = new Map<string, Record<string, string>>();
    for (let cursor = '0'; ;) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
      for (const key of keys) found.set(key, await redis.hgetall(key));
      if (next === '0') return found;
      cursor = next;
    }
  } finally {
    redis.disconnect();
  }
}
