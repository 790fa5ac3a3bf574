import proxy from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { leaveQueue } from '@tradewind/service/http.ts';
import { towardsClient, towardsService } from './headers.ts';
import { upstreamError } from './upstream-error.ts';

const isEventSource = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  headers.accept?.includes('text/event-stream') === true;

/**
 * An EventSource gives up for good at any status but 200, also at one that only means later. It is told by a stream that
 * says when to come again, and ends.
 */
function comeAgain(reply: Pick<FastifyReply, 'code' | 'header' | 'removeHeader' | 'send'>): void {
  void reply.code(200);
  void reply.removeHeader('content-length');
  void reply.header('content-type', 'text/event-stream; charset=utf-8');
  void reply.header('cache-control', 'no-cache');
  void reply.send('retry: 1000\n\n');
}

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
      onError(reply, { error }) {
        if (isEventSource(reply.request)) comeAgain(reply as unknown as FastifyReply);
        else void reply.send(upstreamError(error, service));
      },
      onResponse(request, reply, response) {
        // As the library's types do not have it.
        const { stream, statusCode } = response as unknown as { stream: Readable; statusCode: number };
        if (statusCode !== 503 || !isEventSource(request)) return void reply.send(stream);
        stream.destroy();
        return comeAgain(reply as unknown as FastifyReply);
      },
      retryDelay: () => null,
    },
  });
}
