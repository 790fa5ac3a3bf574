import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** What every service reads from its environment. A service extends this in its own `config.ts`. */
export const serviceConfig = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65535),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  JWKS_URL: z.url(),
  JWT_ISSUER: z.string().min(1),
  RATE_LIMIT_PER_SECOND: z.coerce.number().int().positive().default(5_000),
  /** Requests in hand above which new ones are refused with 503. */
  MAX_IN_FLIGHT: z.coerce.number().int().positive().default(12_000),
  /** Compiled policies; unset = those of this repository or image. */
  POLICY_FILE: z.string().optional(),
  SHUTDOWN_TIMEOUT_MS: milliseconds(9_000),
  TRACE_SAMPLE_RATIO: z.coerce.number().min(0).max(1).default(0.01),
  TRACES_FILE: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** Whether clients may ask the GraphQL schema for itself: 1 on developers' machines, never by itself. */
  TW_GRAPHQL_INTROSPECTION: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  /** Test switch: the process dies at this named step, as by `kill -9`. */
  TW_FAILPOINT: z.string().optional(),
});

/** Where projections may stand besides the service's Postgres; each version says where it does (ADR 0043). */
export const storeAddresses = {
  REDIS_URL: z.url().optional(),
  /** host:port, several with commas. */
  CASSANDRA_CONTACT_POINTS: z.string().optional(),
  CASSANDRA_LOCAL_DC: z.string().optional(),
  CASSANDRA_REPLICATION: z.coerce.number().int().positive().optional(),
  /** May name a user and a password. */
  OPENSEARCH_URL: z.url().optional(),
};

/** Of services that own a database and publish events. */
export const eventServiceConfig = serviceConfig.extend({
  DATABASE_URL: z.url(),
  DATABASE_SYSTEM_URL: z.url(),
  DATABASE_POOL: z.coerce.number().int().positive().default(10),
  KAFKA_BROKERS: z.string().transform((list) => list.split(',')),
  SCHEMA_REGISTRY_URL: z.url(),
  /** Remembers schemas, so that a restart does without the registry. */
  SCHEMA_CACHE_FILE: z.string().optional(),
  ...storeAddresses,
  /** How old an event may get, in the outbox and again until it is applied, before commands are refused. */
  TW_MAX_STALENESS_SECONDS: z.coerce.number().positive().default(300),
  /** Longest time that a read waits for what its Position-Token names. */
  POSITION_WAIT_MS: z.coerce.number().int().min(0).max(30_000).default(2_000),
});

export type ServiceConfig = z.infer<typeof serviceConfig>;
export type EventServiceConfig = z.infer<typeof eventServiceConfig>;

/** Reads a config or ends the process with a list of what is wrong: no service starts half configured. */
export function readConfig<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv): z.infer<S> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  process.stderr.write(`configuration is not valid:\n${problems.join('\n')}\n`);
  process.exit(78);
}
