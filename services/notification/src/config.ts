import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';
import { channelSettings } from '#channels/settings.ts';
import { pushConfig } from '#push/push-config.ts';

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    ...channelSettings,
    ...pushConfig.shape,
    /** Where service tokens are obtained and customers are asked for; the issuer of all tokens. */
    JWT_ISSUER: z.url(),
    SERVICE_KEY: z.string().min(1),
  }),
  process.env,
);

export type Config = typeof config;
