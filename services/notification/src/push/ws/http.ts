import websocket from '@fastify/websocket';
import type { IncomingMessage } from 'node:http';
import { principalOf } from '@tradewind/service/access.ts';
import { bearerOf, expiryOf } from '@tradewind/service/bearer.ts';
import { type HttpApp, leaveQueue } from '@tradewind/service/http.ts';
import { problem, upgradeRequired } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { notificationError } from '#errors.ts';
import type { WatchedOrders } from '#push/watched-orders.ts';
import { orderClient } from './order-client.ts';
import { serveSocket, type SocketLimits, type SocketOptions } from './socket.ts';

export interface OrderSocketsOptions extends Pick<SocketOptions, 'connections' | 'metrics' | 'log'> {
  readonly orders: WatchedOrders;
  /** Whether orders are known later than usual. */
  readonly late: () => boolean;
  readonly origins: readonly RegExp[];
  readonly limits: SocketLimits & { readonly maxSubscriptions: number };
}

const MAX_MESSAGE = 64 * 1024;
const BEARER = /^bearer\.(.+)$/;

const description = `Current status and changes of orders, by WebSocket. The token comes in the Authorization header, or as
subprotocol \`bearer.<token>\`, which is echoed. Client: \`subscribe {orderId, version?}\`, \`subscribe {channel: "me"}\`,
\`unsubscribe\`, \`ack {orderId, version}\`, \`ping\`. Server: \`subscribed\`, \`unsubscribed\`, \`order.status {orderId, status,
version, occurredAt, eventId}\`, \`pong\`, \`error {code}\`. With a \`version\` only later changes are told, all of them; what was
acknowledged counts as known to the next \`subscribe\` on the same connection. Close codes: 1001 stopping, 1003 binary frame,
1008 too many messages, 1009 message over 64 KiB, 1013 too slow, 4401 token over.`;

/** `/ws/orders`. A refused upgrade is answered by the same hooks as every request, so with the same problems. */
export async function registerOrderSockets(app: HttpApp, options: OrderSocketsOptions): Promise<void> {
  const { orders, origins, limits, connections, log } = options;
  // Before the plugin's own listener: to the rest of the service the token is where it always is.
  app.server.on('upgrade', ({ headers }: IncomingMessage) => {
    const token = bearerProtocol(headers['sec-websocket-protocol']);
    if (token !== undefined) headers.authorization ??= `Bearer ${token}`;
  });
  await app.register(websocket, {
    options: {
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: false,
      // A browser gives up unless one of those that it offered comes back.
      handleProtocols: (offered: Set<string>) => {
        const [first] = offered;
        return [...offered].find((one) => BEARER.test(one)) ?? first ?? false;
      },
    },
    // What a client's network does is no error of ours; the library has closed with the right code.
    errorHandler: (_error, socket) => setTimeout(() => socket.terminate(), 1_000).unref(),
    preClose: (done) => done(),
  });
  app.route({
    method: 'GET',
    url: '/ws/orders',
    config: { access: 'authenticated', permission: 'orders:read' },
    schema: {
      tags: ['push'],
      summary: 'Statuses of orders, by WebSocket',
      description,
      // A token here would end up in logs, and a parameter that is not known was meant to do something.
      querystring: z.object({}),
      response: { 101: z.null().meta({ description: 'Connected' }), 426: problem, '4XX': problem },
    },
    onRequest: (request, _reply, done) => {
      const { origin } = request.headers;
      const welcome = origin === undefined || origins.some((pattern) => pattern.test(origin));
      done(welcome ? undefined : notificationError('ORIGIN_NOT_ALLOWED'));
    },
    preHandler: (_request, reply, done) => {
      connections.requireRoom();
      leaveQueue(reply);
      done();
    },
    handler: (_request, reply) => {
      void reply.header('upgrade', 'websocket');
      throw upgradeRequired();
    },
    wsHandler: (socket, request) => {
      const principal = principalOf(request);
      const bearer = bearerOf(request) ?? '';
      serveSocket(socket, {
        ...options,
        ...{ storeId: principal.storeId, bearer, expiresAt: expiryOf(bearer) },
        client: (send) =>
          orderClient({
            ...{ principal, orders, maxSubscriptions: limits.maxSubscriptions, log, send },
            late: options.late,
          }),
      });
    },
  });
}

function bearerProtocol(offered: string | undefined): string | undefined {
  const protocols = offered?.split(',').map((protocol) => protocol.trim()) ?? [];
  return protocols.map((protocol) => BEARER.exec(protocol)?.[1]).find((token) => token !== undefined);
}
