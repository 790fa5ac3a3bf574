import { type HealthCheck, registerHealth } from '@tradewind/service/health.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from './config.ts';
import { registerGraphql } from './graphql/http.ts';
import { createGateway } from './http.ts';

export async function build(config: Config, { log, telemetry }: Foundation): Promise<Component[]> {
  const app = await createGateway(config, log);
  await registerGraphql(app, {
    urls: config.SERVICE_URLS,
    timeoutMs: config.UPSTREAM_TIMEOUT_MS,
    introspection: config.TW_GRAPHQL_INTROSPECTION,
    allowed: config.GRAPHQL_QUERIES_FILE,
  });
  const upstreams = Object.entries(config.SERVICE_URLS).map(([name, url]) => upstreamCheck(name, url));
  registerHealth(app, telemetry, upstreams, () => []);
  return [
    {
      name: 'http',
      start: () => app.listen({ host: config.HOST, port: config.PORT }).then(() => undefined),
      stop: () => app.close(),
    },
  ];
}

/** Shown, but not counted: the gateway serves the other services while one is away. */
function upstreamCheck(name: string, url: string): HealthCheck {
  return {
    name,
    optional: true,
    async check() {
      const { ok, status } = await fetch(new URL('/health/ready', url), {
        signal: AbortSignal.timeout(1_500),
      });
      return { ok, detail: { status } };
    },
  };
}
