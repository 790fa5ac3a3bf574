import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

const minutes = 60_000;

const schema = eventServiceConfig
  .extend({
    GRPC_PORT: z.coerce.number().int().min(0).max(65_535).default(50_051),
    /** Life of a reservation that does not say. */
    RESERVATION_TTL_MS: z.coerce
      .number()
      .int()
      .positive()
      .default(15 * minutes),
    REDIS_URL: z.url(),
    TW_RESERVATION_TTL_MS: z.coerce.number().int().positive().optional(),
  })
  .transform(({ TW_RESERVATION_TTL_MS: override, ...config }) => ({
    ...config,
    RESERVATION_TTL_MS: override ?? config.RESERVATION_TTL_MS,
  }));

export const config = readConfig(schema, process.env);
export type Config = typeof config;
