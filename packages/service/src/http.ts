import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import { metrics } from '@opentelemetry/api';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { DomainError } from '@tradewind/kernel/errors.ts';
import type { FindReply } from '@tradewind/outbox/idempotency.ts';
import { registerAccess } from './access.ts';
import { registerCommandPositions } from './command-positions.ts';
import type { ServiceConfig } from './config.ts';
import { registerIdempotency } from './idempotency.ts';
import { registerJsonBody } from './json-body.ts';
import { completeOpenapi, rememberOperations } from './openapi.ts';
import { sendProblem } from './problem.ts';
import { registerRequestContext } from './request-context.ts';
import { registerStorableText } from './storable-text.ts';
import { registerStrictBodies } from './strict-bodies.ts';
import { registerStrictQueries } from './strict-queries.ts';
import type { TokenVerifier } from './tokens.ts';
import { registerUnknownRoutes, unrouted } from './unrouted.ts';

/** A fastify instance whose routes are typed by their zod schemas. */
export type HttpApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface HttpOptions {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly logger: FastifyBaseLogger;
  readonly tokens: TokenVerifier;
  /** Looks stored replies up; without it the service takes no Idempotency-Key. */
  readonly findReply?: FindReply;
}

const ABOUT = `What a command wrote is named by the Position-Token that it answers with; a read that sends it waits for that.`;
const BODY_LIMIT = 256 * 1024;

/** An HTTP surface with everything that is the same in every service; its own routes are registered by the caller. */
export async function createHttp(options: HttpOptions): Promise<HttpApp> {
  const { service, config, logger, tokens, findReply } = options;
  const app = fastify({
    loggerInstance: logger,
    // Requests are counted and traced; a line per request would cost more than the request.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    ...unrouted,
    trustProxy: 'loopback',
    forceCloseConnections: 'idle',
    keepAliveTimeout: 75_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  // Replies are built by typed code; checking them again by schema would be paid by every request.
  app.setSerializerCompiler(() => JSON.stringify);
  registerJsonBody(app);
  app.setErrorHandler(sendProblem);
  registerUnknownRoutes(app);
  registerStrictQueries(app);
  registerStrictBodies(app);
  registerRequestContext(app);
  registerMetrics(app);
  registerShedding(app, config.MAX_IN_FLIGHT);
  registerAccess(app, tokens);
  registerCommandPositions(app);
  registerStorableText(app);
  await app.register(underPressure, {
    maxEventLoopDelay: 2_000,
    sampleInterval: 500,
    pressureHandler: (_request, _reply, type, value) => {
      // No sample in the interval is told as Infinity: mostly a process that was not scheduled. The next sample decides.
      if (value === Infinity) return;
      throw overloaded(`${type} ${String(value)}`);
    },
  });
  await app.register(rateLimit, {
    max: config.RATE_LIMIT_PER_SECOND,
    timeWindow: 1_000,
    enableDraftSpec: true,
    keyGenerator: (request) =>
      request.principal ? `${request.principal.storeId} ${request.principal.sub}` : request.ip,
    errorResponseBuilder: () => new DomainError('RATE_LIMITED', 'too-many', 'too many requests; slow down'),
  });
  if (findReply) registerIdempotency(app, findReply);
  const operations = rememberOperations(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: `Tradewind ${service}`, version: '1.0.0', description: ABOUT },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (input) => completeOpenapi(jsonSchemaTransformObject(input), operations),
  });
  app.get(
    '/openapi.json',
    {
      config: { access: 'public', rateLimit: false },
      schema: { tags: ['operations'], summary: 'This document' },
    },
    () => app.swagger(),
  );
  return app;
}

function overloaded(detail: string): DomainError {
  return new DomainError('OVERLOADED', 'unavailable', `more work than can be done now (${detail})`, {
    retryAfter: 1,
  });
}

const leave = Symbol('leaves the queue');
interface Queued {
  [leave]?: () => void;
}

/** Refuses requests while too many are in hand: a bounded queue instead of ever longer waits. */
export function registerShedding(app: FastifyInstance, limit: number): void {
  let inHand = 0;
  app.addHook('onRequest', (_request, reply, done) => {
    inHand++;
    let counted = true;
    const leaves = (): void => {
      if (counted) inHand--;
      counted = false;
    };
    (reply as Queued)[leave] = leaves;
    reply.raw.once('close', leaves);
    done(inHand > limit ? overloaded(`${inHand} requests in hand`) : undefined);
  });
}

/** For a reply that lives as long as its client, a stream: it is no work in hand any more. */
export function leaveQueue(reply: FastifyReply): void {
  (reply as Queued)[leave]?.();
}

export function registerMetrics(app: FastifyInstance): void {
  const meter = metrics.getMeter('tradewind.http');
  const duration = meter.createHistogram('http_server_duration_ms', {
    description: 'Time from the request to its reply',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] },
  });
  app.addHook('onResponse', (request, reply, done) => {
    duration.record(reply.elapsedTime, {
      route: request.routeOptions.url ?? 'unknown',
      method: request.method,
      status: reply.statusCode,
    });
    done();
  });
}
