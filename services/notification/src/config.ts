import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { channelSettings } from '#channels/settings.ts';

/** The only reader of the environment. */
export const config = readConfig(eventServiceConfig.extend(channelSettings), process.env);

export type Config = typeof config;
