import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { pushConfig } from '#push/push-config.ts';

/** The only reader of the environment. */
export const config = readConfig(eventServiceConfig.extend({ ...pushConfig.shape }), process.env);

export type Config = typeof config;
