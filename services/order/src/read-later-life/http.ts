import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import { z } from 'zod';
import { visibleTo } from '#access.ts';
import { fulfillmentView, refundView, returnView, shipmentView } from '#order/part-views.ts';
import type { OrderQueries } from '#read-orders/queries.ts';
import type { LaterLifeQueries } from './queries.ts';

const params = z.object({ orderId: z.string().min(1).max(100) });

const parts = [
  { part: 'fulfillments', summary: 'What was picked of an order', view: fulfillmentView },
  { part: 'shipments', summary: "An order's shipments, and where they are", view: shipmentView },
  { part: 'returns', summary: 'What was sent back of an order', view: returnView },
  { part: 'refunds', summary: 'What was paid back of an order', view: refundView },
] as const;

/** `GET /orders/{id}/fulfillments`, `/shipments`, `/returns`, `/refunds`: few each, so they are read at once. */
export function registerReadLaterLife(app: HttpApp, queries: LaterLifeQueries, orders: OrderQueries): void {
  for (const { part, summary, view } of parts) {
    app.route({
      method: 'GET',
      url: `/api/v1/orders/:orderId/${part}`,
      config: { access: ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'], permission: 'orders:read' },
      schema: {
        tags: ['orders'],
        summary,
        params,
        querystring: wholeListQuery,
        response: { 200: wholeListOf(view as z.ZodType), 400: problem, 404: problem },
      },
      async handler(request) {
        const principal = principalOf(request);
        const { orderId } = request.params;
        visibleTo(principal, await orders.order(principal.storeId, orderId));
        const found: ReadonlyMap<string, readonly object[]> = await queries[part](principal.storeId, [
          orderId,
        ]);
        return cutList(found.get(orderId) ?? [], request.query);
      },
    });
  }
}
