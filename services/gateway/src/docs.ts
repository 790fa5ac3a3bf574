import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { DomainError } from '@tradewind/kernel/errors.ts';
import { mergeOpenapi } from './merged-openapi.ts';
import { routes, type ServiceName, type ServiceUrls } from './routes.ts';
import { upstreamError } from './upstream-error.ts';

const CSP = [
  `default-src 'self'`,
  `base-uri 'self'`,
  `img-src 'self' data:`,
  `style-src 'self' 'unsafe-inline'`,
  `object-src 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40" height="40"><text x="0" y="28" fill="#fff"
  font-family="sans-serif" font-size="24" font-weight="bold">Tradewind</text></svg>`;

/** `/docs`: the OpenAPI of every service in one page; `/openapi.json`: all of them in one document. Read when asked for. */
export async function registerDocs(app: FastifyInstance, urls: ServiceUrls): Promise<void> {
  // In the order of the table, which begins with what most readers look for.
  const services = (Object.keys(routes) as ServiceName[]).filter((name) => urls[name]);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Tradewind gateway', version: '1.0.0' } },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CSP,
    logo: { type: 'image/svg+xml', content: LOGO, href: '/docs', target: '_self' },
    theme: { title: 'Tradewind API' },
    uiConfig: {
      urls: services.map((service) => ({ name: service, url: `/docs/openapi/${service}.json` })),
      deepLinking: true,
      persistAuthorization: true,
    } as object,
  });
  app.get<{ Params: { file: string } }>('/docs/openapi/:file', async (request, reply) => {
    const service = services.find((name) => request.params.file === `${name}.json`);
    const url = service && urls[service];
    if (!service || !url) throw new DomainError('ROUTE_NOT_FOUND', 'not-found', 'there is no such service');
    const text = await openapiOf(url).catch((error: unknown) => {
      throw upstreamError(error, service);
    });
    return reply.type('application/json; charset=utf-8').send(text);
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => mergeOpenapi(await reachable(urls)));
}

/** The documents of the services that answer; the document's description names them. */
async function reachable(urls: ServiceUrls): Promise<Record<string, string>> {
  const entries = Object.entries(urls);
  const texts = await Promise.allSettled(entries.map(([, url]) => openapiOf(url)));
  return Object.fromEntries(
    entries.flatMap(([service], at) => {
      const text = texts[at];
      return text?.status === 'fulfilled' ? [[service, text.value]] : [];
    }),
  );
}

async function openapiOf(url: string): Promise<string> {
  const response = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(5_000) });
  if (!response.ok) throw new Error(`answered ${response.status}`);
  return response.text();
}
