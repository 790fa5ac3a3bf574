import proxy from '@fastify/http-proxy';
import type { FastifyInstance } from 'fastify';
import { limitStream } from './body-limit.ts';
import { towardsClient, towardsService } from './headers.ts';
import { patternsOf, type ServiceName } from './routes.ts';
import { upstreamError } from './upstream-error.ts';

const RETRY_MS = 10;

/** A reused connection may be closed by the service in the very moment of its reuse: reads try once more. */
const brokenConnection = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Sends a service's paths on to it. Bodies stream through unread in both directions. */
export async function forward(
  app: FastifyInstance,
  service: ServiceName,
  upstream: string,
  timeout: number,
): Promise<void> {
  await app.register(proxy, {
    upstream,
    rewritePrefix: '',
    routes: patternsOf(service),
    // Preflights are answered here.
    httpMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    preHandler: limitStream,
    disableRequestLogging: true,
    destroyAgent: true,
    internalRewriteLocationHeader: false,
    undici: {
      connections: 256,
      pipelining: 1,
      // Below the 75 s for which services keep a connection.
      keepAliveTimeout: 60_000,
      keepAliveMaxTimeout: 60_000,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: { timeout: 2_000 },
    },
    replyOptions: {
      rewriteRequestHeaders: towardsService as never,
      rewriteHeaders: towardsClient as never,
      onError: (reply, { error }) => void reply.send(upstreamError(error, service)),
      // In place of the default, which repeats every 503 up to ten times.
      retryDelay: ({ err, req, attempt }) => {
        const code = (err as { code?: string } | null)?.code ?? '';
        const read = req.method === 'GET' || req.method === 'HEAD';
        return read && attempt === 0 && brokenConnection.has(code) ? RETRY_MS : null;
      },
    },
  });
}
