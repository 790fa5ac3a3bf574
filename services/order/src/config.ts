import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

export const config = readConfig(
  eventServiceConfig.extend({
    INVENTORY_GRPC_URL: z.string().min(1),
    PRICING_GRPC_URL: z.string().min(1),
    PAYMENT_URL: z.url(),
    /** Where service tokens are obtained; the issuer of all tokens. */
    JWT_ISSUER: z.url(),
    SERVICE_KEY: z.string().min(1),
    /** How long stock is held for an order's payment. */
    TW_ORDER_TTL_MS: z.coerce
      .number()
      .int()
      .positive()
      .default(15 * 60_000),
    /** How long a saga's timer belongs to the process that took it; a step and its calls end within. */
    SAGA_LEASE_MS: z.coerce.number().int().min(8_000).default(15_000),
    /** How long `pay` waits for the outcome before it answers 202. */
    PAY_WAIT_MS: z.coerce.number().int().positive().default(3_000),
  }),
  process.env,
);

export type Config = typeof config;
