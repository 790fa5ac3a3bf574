import type { Redis, Result } from 'ioredis';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    projectionRow(...args: (string | number)[]): Result<number, Context>;
  }
}

/** What the script answers. */
export const WRITTEN = 1;
export const CHANGED_MEANWHILE = 0;
export const LOST = -1;

/*
 * KEYS: marker of the version, hash of the bucket, keys of the indexes. ARGV: field, versions that were loaded ('' = no row), value,
 * then command, first and second argument for each key of an index. A value is "<versions>\n<row>". Without the marker
 * Redis has lost the version (it was wiped): a row written then would stand alone where others are missing.
 */
const script = `
if redis.call('EXISTS', KEYS[1]) == 0 then return ${LOST} end
local row = redis.call('HGET', KEYS[2], ARGV[1])
local loaded = ARGV[2]
if loaded == '' then
  if row then return ${CHANGED_MEANWHILE} end
elseif not row or string.sub(row, 1, #loaded + 1) ~= loaded .. '\\n' then
  return ${CHANGED_MEANWHILE}
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
for i = 3, #KEYS do
  local at = 4 + (i - 3) * 3
  redis.call(ARGV[at], KEYS[i], ARGV[at + 1], ARGV[at + 2])
end
return ${WRITTEN}`;

export function withScript(redis: Redis): Redis {
  redis.defineCommand('projectionRow', { lua: script });
  return redis;
}
