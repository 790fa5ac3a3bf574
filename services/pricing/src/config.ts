import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    GRPC_PORT: z.coerce.number().int().min(0).max(65_535).default(50_052),
    REDIS_URL: z.url(),
  }),
  process.env,
);

export type Config = typeof config;
