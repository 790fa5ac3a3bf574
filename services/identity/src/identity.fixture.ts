import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { eventServiceConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import type { TestDatabase } from '@tradewind/testing/template-database.ts';
import { freePort } from '@tradewind/testing/free-port.ts';
import { type HttpClient, httpClient } from '@tradewind/testing/http.ts';
import { build } from './build.ts';
import type { Config } from './config.ts';

export const migrations = { name: 'identity', dir: join(import.meta.dirname, '../migrations') };
export const SERVICE_KEY = 'test-service-key';
export const ISSUER = 'http://identity.test';

export interface Identity {
  readonly url: string;
  readonly http: HttpClient;
  /** A token as services get theirs; by default of an ADMIN of STORE-1. */
  token(claims?: { sub?: string; roles?: string[]; storeId?: string; ttlSeconds?: number }): Promise<string>;
}

/** The whole service in this process, on a free port. */
export async function startIdentity(database: TestDatabase, change: Partial<Config> = {}): Promise<Identity> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const base = eventServiceConfig.parse({
    PORT: port,
    JWKS_URL: `${url}/.well-known/jwks.json`,
    JWT_ISSUER: ISSUER,
    DATABASE_URL: database.databaseUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    // Nobody there: what other services tell is not what these tests are about.
    KAFKA_BROKERS: '127.0.0.1:9',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
  });
  const config = {
    ...base,
    DATABASE_POOL: 5,
    KEY_MAX_AGE_HOURS: 720,
    SERVICE_KEY,
    ...change,
  };
  const foundation = {
    log: createLogger('identity', 'silent'),
    telemetry: { prometheus: {} as never, stop: () => Promise.resolve() },
    crash: (error: unknown) => {
      throw error;
    },
  };
  const components = await build(config, foundation, createLocalRegistry());
  for (const component of components) await component.start?.();
  onTestFinished(async () => {
    for (const component of components.toReversed()) await component.stop?.();
  });
  const http = httpClient(url);
  return {
    url,
    http,
    async token(claims = {}) {
      const body = { sub: 'ADMIN-1', roles: ['ADMIN'], storeId: 'STORE-1', ...claims };
      const headers = { 'service-key': SERVICE_KEY };
      const answer = await http.post<{ token: string }>('/api/v1/tokens', body, { headers });
      return answer.body.token;
    },
  };
}
