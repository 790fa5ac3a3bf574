import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type IncomingMessage, request as httpRequest, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { leaveQueue } from '@tradewind/service/http.ts';
import { upgradeRequired } from '@tradewind/service/problem.ts';
import { towardsClient, towardsService } from './headers.ts';
import { upstreamError } from './upstream-error.ts';

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

interface Answer extends Upgrade {
  readonly response: IncomingMessage;
  readonly upgraded: boolean;
}

/** A client's close frame: 1001, going away. The service answers with the same, between two frames of its own. */
const GOING_AWAY = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9]);
const GRACE_MS = 2_000;

/** Which requests leave HTTP: all others that offer an upgrade (h2c, say) are answered as if they did not. */
export const isTunneled = ({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket' && url?.startsWith('/ws/') === true;

/**
 * Sends `/ws/*` on. The upgrade passes the same hooks as every request and is asked of the service, so a refusal reaches the
 * client as the service has put it. After that bytes are passed on unread, with the pressure of the slower side: frames,
 * close codes and pings stay as they are.
 */
export function registerTunnels(
  app: FastifyInstance,
  service: string,
  upstream: string,
  timeout: number,
): void {
  const upgrades = new WeakMap<IncomingMessage, Upgrade>();
  const open = new Set<readonly [client: Duplex, server: Duplex]>();

  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.assignSocket(socket as never);
    // Whatever the reply is, this connection is no longer one for requests.
    response.once('finish', () => socket.end());
    upgrades.set(request, { socket, head });
    app.routing(request, response);
  });

  async function tunnel(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const client = upgrades.get(request.raw);
    if (!client) {
      void reply.header('upgrade', 'websocket');
      throw upgradeRequired();
    }
    const answer = await ask(request, upstream, timeout).catch((error: unknown) => {
      throw upstreamError(error, service);
    });
    if (!answer.upgraded) {
      const { statusCode = 502, headers } = answer.response;
      return reply.code(statusCode).headers(towardsClient(headers)).send(answer.response);
    }
    leaveQueue(reply);
    reply.hijack();
    reply.raw.removeAllListeners('finish');
    reply.raw.detachSocket(client.socket as never);
    join(client, answer, request.correlationId);
    return reply;
  }

  function join(client: Upgrade, server: Answer, correlationId: string): void {
    const ends = [client.socket, server.socket] as const;
    open.add(ends);
    client.socket.write(headOf(server.response, correlationId));
    client.socket.write(server.head);
    server.socket.write(client.head);
    for (const [from, to] of [ends, [ends[1], ends[0]]] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(ends);
        to.destroy();
      });
      from.pipe(to);
    }
  }

  app.route({ method: 'GET', url: '/ws/*', exposeHeadRoute: false, schema: { hide: true }, handler: tunnel });
  app.addHook('preClose', async () => {
    for (const [, server] of open) server.write(GOING_AWAY);
    setTimeout(() => {
      for (const [client] of open) client.destroy();
    }, GRACE_MS).unref();
  });
}

/** The service's answer to an upgrade. */
function ask(request: FastifyRequest, upstream: string, timeout: number): Promise<Answer> {
  const { hostname, port } = new URL(upstream);
  const headers = {
    ...towardsService(request, request.raw.headers),
    connection: 'Upgrade',
    upgrade: 'websocket',
  };
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, path: request.url, headers, agent: false, timeout });
    asked.once('upgrade', (response, socket, head) => {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      resolve({ response, socket, head, upgraded: true });
    });
    asked.once('response', (response) =>
      resolve({ response, socket: response.socket, head: Buffer.alloc(0), upgraded: false }),
    );
    asked.once('timeout', () =>
      asked.destroy(Object.assign(new Error('no answer'), { code: 'UND_ERR_HEADERS_TIMEOUT' })),
    );
    asked.once('error', reject);
    asked.end();
  });
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage, correlationId: string): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`, `correlation-id: ${correlationId}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
