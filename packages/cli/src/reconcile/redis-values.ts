import { Redis } from 'ioredis';

const PAGE = 1_000;

/** Values of all keys that match a pattern; those that vanish meanwhile are left out. */
export async function redisValues(url: string, pattern: string): Promise<string[]> {
  const redis = new Redis(url, { connectionName: 'tw', maxRetriesPerRequest: 2, connectTimeout: 5_000 });
  try {
    const values: string[] = [];
    for (let cursor = '0'; ;) {
      const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
      if (keys.length > 0) values.push(...(await redis.mget(keys)).filter((value) => value !== null));
      if (next === '0') return values;
      cursor = next;
    }
  } finally {
    redis.disconnect();
  }
}
