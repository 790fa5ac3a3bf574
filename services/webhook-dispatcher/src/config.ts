import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const flag = (fallback: '0' | '1') =>
  z
    .enum(['0', '1'])
    .default(fallback)
    .transform((value) => value === '1');

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    /** Wakes the instances; unset = each wakes itself, and finds what others took in by looking. */
    RABBITMQ_URL: z.url().optional(),
    SERVICE_KEY: z.string().min(1),
    /** Seals the subscriptions' secrets; unless set, a key made of SERVICE_KEY does. */
    WEBHOOK_SECRETS_KEY: z.string().min(32).optional(),
    /** Endpoints may be on private and loopback addresses: developers' machines only. */
    TW_WEBHOOK_ALLOW_PRIVATE: flag('0'),
    /** 1 = subscriptions must be https. */
    TW_WEBHOOK_REQUIRE_HTTPS: flag('0'),
    /** Shortens the waits of the schedule, the breaker and the disabling: 0.01 makes 30 s 0.3 s. */
    TW_WEBHOOK_TIME_SCALE: z.coerce.number().positive().default(1),
    /** For the whole exchange of an attempt. */
    TW_WEBHOOK_TIMEOUT_MS: count(15_000),
    /** How long the previous secret signs after a rotation. */
    TW_WEBHOOK_SECRET_OVERLAP_MS: count(DAY_MS),
    /** An endpoint that fails for so long and so often, without one success, is disabled. */
    TW_WEBHOOK_DISABLE_AFTER_MS: count(5 * DAY_MS),
    TW_WEBHOOK_DISABLE_AFTER_FAILURES: count(10),
    /** Ended deliveries are forgotten after this. */
    TW_WEBHOOK_KEEP_MS: count(30 * DAY_MS),
    /** Attempts that one process has in hand. */
    WEBHOOK_MAX_IN_FLIGHT: count(1_000),
  }),
  process.env,
);

export type Config = typeof config;
