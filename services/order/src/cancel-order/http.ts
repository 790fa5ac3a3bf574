import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { hasRole } from '@tradewind/service/principal.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { orderError } from '#errors.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import type { OrderStore } from '#store.ts';
import { cancelOrder } from './decide.ts';

const body = z
  .strictObject({ reason: z.string().max(500).optional(), expectedVersion })
  .nullish()
  .meta({ example: { reason: 'changed my mind' } });

/** `POST /orders/{id}/cancel`: at once while it is PENDING; by way of the refund saga (202) once it is PAID. */
export function registerCancelOrder(app: HttpApp, orders: OrderStore, policy: Policy): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/cancel',
    config: {
      access: ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'],
      permission: 'orders:write',
      idempotency: 'accepted',
    },
    schema: {
      tags: ['orders'],
      summary: 'Cancel an order',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: { 200: orderView, 202: orderView, 403: problem, 404: problem, 409: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const { sub, roles, storeId } = principal;
      const expected = expectedVersionOf(request);
      const statusOf = (status: string) => (status === 'CANCELED' ? 200 : 202);
      const { state, version } = await orders.handle(
        request.params.orderId,
        (order, { now }) => {
          // Somebody else's order looks like one that does not exist.
          if (order && order.userId !== sub && !hasRole(principal, 'ADMIN', 'MERCHANT', 'SERVICE')) {
            throw orderError('ORDER_NOT_FOUND');
          }
          return cancelOrder(order, {
            actor: sub,
            reason: request.body?.reason ?? null,
            now,
            expectedVersion: expected,
            mayCancel: ({ userId, status }) =>
              policy.evaluate('tradewind/order/decision', {
                action: 'cancel',
                principal: { sub, roles, storeId },
                resource: { ownerId: userId, storeId, status },
              }).allow,
          });
        },
        {
          context: contextOf(request, storeId),
          ...replying(request, (after) => {
            const order = existing(after.state);
            return { status: statusOf(order.status), body: JSON.stringify(viewOf(order, after.version)) };
          }),
        },
      );
      const order = existing(state);
      return reply.code(statusOf(order.status)).header('etag', `"${version}"`).send(viewOf(order, version));
    },
  });
}
