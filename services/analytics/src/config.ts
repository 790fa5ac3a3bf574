import { eventServiceConfig, readConfig } from '@tradewind/service/config.ts';
import { z } from 'zod';
import { latenessMs } from '#windows/lateness.ts';

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** The only reader of the environment. */
export const config = readConfig(
  eventServiceConfig.extend({
    REDIS_URL: z.url(),
    /** Folder of the star schema's file. It may vanish: the file is made anew from the log. */
    ANALYTICS_DATA: z.string().min(1),
    TW_ANALYTICS_LATENESS_MS: latenessMs,
    /** How often it is looked whether a day wants its summary. */
    TW_ANALYTICS_SUMMARY_MS: milliseconds(5_000),
  }),
  process.env,
);

export type Config = typeof config;
