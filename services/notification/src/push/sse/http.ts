import { principalOf, storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { z } from 'zod';
import type { DashboardDesk } from '#push/dashboard-desk.ts';
import type { FlashNewsDesk } from '#push/flash-news.ts';
import type { OrderNewsDesk } from '#push/order-news.ts';
import { eventStreamReply, lastEventIdHeader, lastEventIdOf, lastEventIdQuery } from './last-event-id.ts';
import { openEventStream, sayHead, type StreamOptions } from './stream.ts';

export interface EventStreamsOptions extends StreamOptions {
  readonly flashNews: FlashNewsDesk;
  readonly orderNews: OrderNewsDesk;
  readonly dashboards: DashboardDesk;
}

const resumable = { headers: lastEventIdHeader, response: { 200: eventStreamReply } };

/** `/sse/*`: streams of events. */
export function registerEventStreams(app: HttpApp, options: EventStreamsOptions): void {
  const { flashNews, orderNews, dashboards } = options;

  app.get(
    '/sse/flash-sales',
    {
      config: { access: 'public' },
      schema: {
        ...resumable,
        tags: ['push'],
        summary: 'Flash sales as they start, change and end',
        description: `Events \`flash-sale.started\`, \`flash-sale.changed\`, \`flash-sale.ended\`. First the sales that run, or,
with Last-Event-ID, what was missed; an id that is not known or over a day old is answered by the event \`reset\` and the
sales that run.`,
        querystring: z.object({
          store: z.string().min(1).max(100).optional().meta({ example: 'STORE-1' }),
          lastEventId: lastEventIdQuery,
        }),
      },
    },
    (request, reply) => {
      if (request.method === 'HEAD') return void sayHead(reply);
      const storeId = storeOf(request);
      const stream = openEventStream(request, reply, storeId, options);
      void flashNews.join(storeId, stream, lastEventIdOf(request));
    },
  );

  app.get(
    '/sse/orders',
    {
      config: { access: ['ADMIN'], permission: 'orders:read' },
      schema: {
        ...resumable,
        tags: ['push'],
        summary: 'Every change of status of the store’s orders',
        description: `Events \`order.status {orderId, userId, status, version, occurredAt, eventId}\`, of one order in the order
of their versions; one may come twice. With Last-Event-ID first what was missed; an id that is not known or too old is
answered by the event \`reset\` and the orders that changed within the last hour.`,
        querystring: z.object({ lastEventId: lastEventIdQuery }),
      },
    },
    (request, reply) => {
      if (request.method === 'HEAD') return void sayHead(reply);
      const { storeId } = principalOf(request);
      const stream = openEventStream(request, reply, storeId, options);
      void orderNews.join(storeId, stream, lastEventIdOf(request));
    },
  );

  app.get(
    '/sse/metrics',
    {
      config: { access: ['ADMIN'], permission: 'orders:read' },
      schema: {
        tags: ['push'],
        summary: 'Figures of the store, each second',
        description: `Event \`metrics {storeId, orders: {PAID: 3, …}, ordersPerMinute, revenue: {USD: "129.50"}, clients: {ws, sse},
asOf, live: {asOf, today: [{windowStart, currency, gross, net, orders, canceled}], minutes: […], funnel: {ORDER_PAID: 3, …}}}\`.
They are counted, not summed up in memory: right after every restart. \`live\` is what analytics' windows say, and is told within
the second in which they change; null while that is not known.`,
        querystring: z.object({}),
        response: { 200: eventStreamReply },
      },
    },
    (request, reply) => {
      if (request.method === 'HEAD') return void sayHead(reply);
      const { storeId } = principalOf(request);
      dashboards.join(storeId, openEventStream(request, reply, storeId, options));
    },
  );
}
