import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    REDIS_URL: z.url(),
    /** Products, and list pages, that one process keeps at hand. */
    NEAR_CACHE_ENTRIES: z.coerce.number().int().positive().default(10_000),
  }),
  process.env,
);

export type Config = typeof config;
