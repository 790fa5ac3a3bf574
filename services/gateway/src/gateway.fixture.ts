import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { serviceConfig } from '@tradewind/service/config.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { toOriginPatterns } from '@tradewind/service/origins.ts';
import { createGateway } from './http.ts';
import type { ServiceUrls } from './routes.ts';

/** A service that keeps what it was sent. */
export async function fakeService(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Answers with what arrived. */
export const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method, url, headers } = request;
    const body = Buffer.concat(chunks).toString('utf8');
    response.writeHead(200, {
      'content-type': 'application/json',
      etag: '"7"',
      'keep-alive': 'timeout=3',
      'x-own': 'yes',
    });
    response.end(method === 'HEAD' ? undefined : JSON.stringify({ method, url, headers, body }));
  });
};

export interface Echoed {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function startGateway(urls: ServiceUrls, timeout = 2_000): Promise<string> {
  const app = await openGateway(urls, timeout);
  onTestFinished(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

/** A gateway that does not listen yet, for the caller to close. */
export async function openGateway(urls: ServiceUrls, timeout: number): Promise<FastifyInstance> {
  const base = serviceConfig.parse({ PORT: 0, JWKS_URL: 'http://127.0.0.1:1/jwks', JWT_ISSUER: 'test' });
  const config = {
    ...base,
    SERVICE_URLS: urls,
    CORS_ORIGINS: toOriginPatterns('http://localhost:*,https://shop.example'),
    UPSTREAM_TIMEOUT_MS: timeout,
    GRAPHQL_QUERIES_FILE: undefined,
  };
  return createGateway(config, createLogger('gateway', 'silent'));
}
