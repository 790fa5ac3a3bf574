import { Redis } from 'ioredis';
import { stack } from './stack.fixture.ts';

/** What the stack's Redis says. */
export async function redisCommand(command: string, ...args: string[]): Promise<unknown> {
  const redis = new Redis(stack.redis);
  try {
    return await redis.call(command, ...args);
  } finally {
    redis.disconnect();
  }
}
