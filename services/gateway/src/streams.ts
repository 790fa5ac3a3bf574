import proxy from '@fastify/http-proxy';
import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import { leaveQueue } from '@tradewind/service/http.ts';
import { towardsClient, towardsService } from './headers.ts';
import { upstreamError } from './upstream-error.ts';

/**
 * Sends `/sse/*` on. Such a reply never ends by itself: nothing waits for its next piece, each has a connection of its own,
 * and it is no work in hand. When the gateway stops they are broken off, and clients connect again.
 */
export async function forwardStreams(
  app: FastifyInstance,
  service: string,
  upstream: string,
  timeout: number,
): Promise<void> {
  const open = new Set<ServerResponse>();
  app.addHook('preClose', async () => {
    for (const stream of open) stream.destroy();
  });
  await app.register(proxy, {
    upstream,
    rewritePrefix: '',
    routes: ['/sse/*'],
    httpMethods: ['GET', 'HEAD'],
    preHandler: (_request, reply, done) => {
      leaveQueue(reply);
      open.add(reply.raw);
      reply.raw.once('close', () => open.delete(reply.raw));
      done();
    },
    disableRequestLogging: true,
    destroyAgent: true,
    undici: {
      connections: null,
      pipelining: 1,
      headersTimeout: timeout,
      bodyTimeout: 0,
      connect: { timeout: 2_000 },
    },
    replyOptions: {
      rewriteRequestHeaders: towardsService as never,
      rewriteHeaders: towardsClient as never,
      onError: (reply, { error }) => void reply.send(upstreamError(error, service)),
      retryDelay: () => null,
    },
  });
}
