import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { expectedVersion } from '#order/expected-version.ts';
import { existing } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import type { OrderStore } from '#store.ts';
import { fulfillOrder } from './decide.ts';

const body = z
  .strictObject({
    items: z
      .array(z.strictObject({ productId: z.string().min(1), qty: z.int().min(1) }))
      .min(1)
      .optional(),
    expectedVersion,
  })
  .nullish()
  .meta({ example: {} });

/** `POST /orders/{id}/fulfill`: everything of a paid order is picked. */
export function registerFulfillOrder(app: HttpApp, orders: OrderStore): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/fulfill',
    config: { access: ['MERCHANT', 'ADMIN'], permission: 'orders:fulfill', idempotency: 'accepted' },
    schema: {
      tags: ['orders'],
      summary: 'Fulfil a paid order',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: { 200: orderView, 404: problem, 409: problem, 422: problem },
    },
    async handler(request, reply) {
      const { storeId } = principalOf(request);
      const expected = expectedVersionOf(request);
      const { state, version } = await orders.handle(
        request.params.orderId,
        (order, { now }) => fulfillOrder(order, request.body?.items, now, expected),
        {
          context: contextOf(request, storeId),
          ...replying(request, (after) => ({
            status: 200,
            body: JSON.stringify(viewOf(existing(after.state), after.version)),
          })),
        },
      );
      return reply.header('etag', `"${version}"`).send(viewOf(existing(state), version));
    },
  });
}
