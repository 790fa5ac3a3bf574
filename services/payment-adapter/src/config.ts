import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const schema = eventServiceConfig
  .extend({
    PAYMENT_SOAP_URL: z.url(),
    PAYMENT_REST_URL: z.url(),
    /** Longest time of one call to the gateway. */
    PAYMENT_CALL_TIMEOUT_MS: milliseconds(1_500),
    /** Time that a run (all its calls) has for a payment before another may take it over. */
    PAYMENT_LEASE_MS: milliseconds(10_000),
    /** How long a payment that the gateway never saw is charged again, before it is given up. */
    PAYMENT_EXPIRE_AFTER_MS: milliseconds(600_000),
    /** Quiet time after the last charge before a payment may be given up. */
    PAYMENT_EXPIRE_GRACE_MS: milliseconds(120_000),
    PAYMENT_SETTLE_POLL_MS: milliseconds(500),
    PAYMENT_BREAKER_HALF_OPEN_MS: milliseconds(5_000),
  })
  .refine(({ PAYMENT_LEASE_MS, PAYMENT_CALL_TIMEOUT_MS }) => PAYMENT_LEASE_MS > 2 * PAYMENT_CALL_TIMEOUT_MS, {
    path: ['PAYMENT_LEASE_MS'],
    message: 'must exceed two calls (PAYMENT_CALL_TIMEOUT_MS)',
  });

export const config = readConfig(schema, process.env);
export type Config = z.infer<typeof schema>;
