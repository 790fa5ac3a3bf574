import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';

/** The only reader of the environment. A setting of this service's own: `eventServiceConfig.extend({ … })`. */
export const config = readConfig(eventServiceConfig, process.env);

export type Config = typeof config;
