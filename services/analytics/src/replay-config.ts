import { z } from 'zod';

/** So long after its end a window, and a day, still waits for events that are on their way. */
export const latenessMs = z.coerce.number().int().nonnegative().default(30_000);

/** What a replay reads from the environment of the service. */
export const replayConfig = z.object({
  DATABASE_URL: z.url(),
  DATABASE_SYSTEM_URL: z.url(),
  /** Switches builds; a check needs none. */
  DATABASE_OWNER_URL: z.url().optional(),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  SCHEMA_REGISTRY_URL: z.url(),
  SCHEMA_CACHE_FILE: z.string().optional(),
  TW_ANALYTICS_LATENESS_MS: latenessMs,
  TW_FAILPOINT: z.string().optional(),
});
