import type { Projection } from '@tradewind/outbox/projection.ts';
import type { StoredRow } from '@tradewind/outbox/projection-store.ts';
import { Redis, type Result } from 'ioredis';
import { pipelined } from './pipelined.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    projectionFront(key: string, version: number, row: string, ttlMs: number): Result<number, Context>;
  }
}

/** Rows in front of the store that has them all. What is not there, or was lost, is read from behind and put back. */
export interface RedisFront {
  /** Those that are there, by key; none while Redis is away. */
  find(
    projection: Projection,
    version: number,
    storeId: string,
    keys: readonly string[],
  ): Promise<Map<string, StoredRow>>;
  /** Keeps each row unless a newer one of it is there. Throws while Redis is away. */
  put(projection: Projection, version: number, rows: readonly StoredRow[]): Promise<void>;
  close(): Promise<void>;
}

// A value is "<sum of its versions>\n<row>": each event of a row makes the sum larger.
const script = `
local there = redis.call('GET', KEYS[1])
if there and tonumber(string.sub(there, 1, string.find(there, '\\n') - 1)) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[2], 'PX', ARGV[3])
return 1`;

/** What a crash of Redis' machine took back is wrong for no longer than this. */
const TTL_MS = 15 * 60_000;
const COMMAND_MS = 1_000;

export function redisFront({
  url,
  namespace,
}: {
  readonly url: string;
  readonly namespace: string;
}): RedisFront {
  const redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS });
  redis.on('error', () => undefined);
  redis.defineCommand('projectionFront', { numberOfKeys: 1, lua: script });
  const nameOf = ({ name }: Projection, version: number, storeId: string, key: string) =>
    ['projection', namespace, name, `v${version}`, 'front', storeId, key].map(encodeURIComponent).join(':');

  return {
    async find(projection, version, storeId, keys) {
      if (keys.length === 0) return new Map();
      const names = keys.map((key) => nameOf(projection, version, storeId, key));
      const values = await redis.mget(names).catch(() => []);
      return new Map(
        values.flatMap((value, at): [string, StoredRow][] =>
          value === null
            ? []
            : [[keys[at] ?? '', JSON.parse(value.slice(value.indexOf('\n') + 1)) as StoredRow]],
        ),
      );
    },
    async put(projection, version, rows) {
      if (rows.length === 0) return;
      const commands = rows.map((row): [string, ...(string | number)[]] => {
        const sum = Object.values(row.versions).reduce((total, one) => total + one, 0);
        const name = nameOf(projection, version, row.store_id, String(row[projection.key]));
        return ['projectionFront', name, sum, JSON.stringify(row), TTL_MS];
      });
      await pipelined(redis, commands);
    },
    async close() {
      redis.disconnect();
    },
  };
}
