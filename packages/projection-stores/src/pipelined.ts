import type { Redis } from 'ioredis';

/** Runs commands in one round trip; throws the first error that one of them answers. */
export async function pipelined<First, Rest>(
  redis: Redis,
  commands: readonly (readonly [string, ...(string | number)[]])[],
): Promise<[First, ...Rest[]]> {
  const answers = await redis.pipeline(commands.map((command) => [...command])).exec();
  return (answers ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  }) as [First, ...Rest[]];
}
