import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';

const identityConfig = eventServiceConfig.extend({
  DATABASE_POOL: z.coerce.number().int().positive().default(5),
  /** With it, whoever knows it obtains any token: local stack and services. Unset = there is no such route. */
  SERVICE_KEY: z.string().min(8).optional(),
  /** Age at which the signing key is replaced by itself. */
  KEY_MAX_AGE_HOURS: z.coerce.number().positive().default(720),
});

export const config = readConfig(identityConfig, process.env);
export type Config = z.infer<typeof identityConfig>;
