import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import { fastify, type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { registerMetrics, registerShedding } from '@tradewind/service/http.ts';
import { sendProblem } from '@tradewind/service/problem.ts';
import { registerRequestContext } from '@tradewind/service/request-context.ts';
import { registerUnknownRoutes, unrouted } from '@tradewind/service/unrouted.ts';
import { registerBodyLimit } from './body-limit.ts';
import type { Config } from './config.ts';
import { exposedHeaders } from './cors.ts';
import { registerConsole } from './console.ts';
import { registerDocs } from './docs.ts';
import { forward } from './forward.ts';
import { registerPlainPaths } from './plain-paths.ts';
import { pushService, type ServiceName } from './routes.ts';
import { forwardStreams } from './streams.ts';
import { isTunneled, registerTunnels } from './tunnels.ts';

/**
 * The HTTP surface without tokens, limits per caller and validation: services do those, whoever calls them. Leaner than
 * the services' own, because nothing here looks into a body.
 */
export async function createGateway(config: Config, log: FastifyBaseLogger): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    ...unrouted,
    trustProxy: 'loopback',
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
    http: { shouldUpgradeCallback: isTunneled },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(sendProblem);
  // Whether a body is of the right kind is the service's to say, also where fastify has a parser of its own.
  app.removeAllContentTypeParsers();
  registerUnknownRoutes(app);
  registerRequestContext(app);
  registerMetrics(app);
  registerShedding(app, config.MAX_IN_FLIGHT);
  registerBodyLimit(app);
  registerPlainPaths(app);
  await app.register(helmet, { contentSecurityPolicy: false, global: true });
  await app.register(cors, {
    origin: config.CORS_ORIGINS,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders,
    // OPTIONS without an Origin is no preflight: it asks for the methods of a path.
    strictPreflight: false,
    maxAge: 600,
  });
  await registerDocs(app, config.SERVICE_URLS);
  await registerConsole(app);
  for (const [service, url] of Object.entries(config.SERVICE_URLS)) {
    await forward(app, service as ServiceName, url, config.UPSTREAM_TIMEOUT_MS);
  }
  const push = config.SERVICE_URLS[pushService];
  if (push !== undefined) {
    await forwardStreams(app, pushService, push, config.UPSTREAM_TIMEOUT_MS);
    registerTunnels(app, pushService, push, config.UPSTREAM_TIMEOUT_MS);
  }
  return app;
}
