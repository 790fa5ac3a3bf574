import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    PRICING_GRPC_URL: z.string().min(1),
    INVENTORY_GRPC_URL: z.string().min(1),
    ORDER_URL: z.url(),
    REDIS_URL: z.url(),
    /** Where service tokens are obtained; the issuer of all tokens. */
    JWT_ISSUER: z.url(),
    SERVICE_KEY: z.string().min(1),
    /** How long nobody touches a cart before it counts as abandoned. */
    TW_CART_ABANDONED_MS: z.coerce
      .number()
      .int()
      .positive()
      .default(24 * 3_600_000),
    /** How long an unsettled checkout belongs to the process that took it up; asking for its order ends within. */
    CHECKOUT_LEASE_MS: z.coerce.number().int().positive().default(40_000),
  }),
  process.env,
);

export type Config = typeof config;
