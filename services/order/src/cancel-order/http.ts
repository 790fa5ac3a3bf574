import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { visibleTo } from '#access.ts';
import { carryOutCancellation } from '#fulfilment/cancellation.ts';
import type { RefundDeps } from '#fulfilment/refund.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type Order } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import { cancelOrder } from './decide.ts';

const body = z
  .strictObject({ reason: z.string().max(500).optional(), expectedVersion })
  .nullish()
  .meta({ example: { reason: 'changed my mind' } });

export interface CancelDeps extends RefundDeps {
  readonly policy: Policy;
  readonly needsApproval: (order: Order) => boolean;
  readonly waitMs: number;
}

const statusOf = (order: Order): 200 | 202 => (order.status === 'CANCELED' ? 200 : 202);

/** `POST /orders/{id}/cancel`: at once while it is PENDING; by way of the refund saga once it is PAID. */
export function registerCancelOrder(app: HttpApp, deps: CancelDeps): void {
  const { orders, policy, needsApproval, waitMs } = deps;
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/cancel',
    config: {
      access: ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'],
      permission: 'orders:write',
      idempotency: 'accepted',
      admission: 'always',
    },
    schema: {
      tags: ['orders'],
      summary: 'Cancel an order',
      description:
        'A PENDING order is canceled at once. A PAID one is refunded first, and above a configured amount only when somebody else approves: 202 until then.',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: { 200: orderView, 202: orderView, 403: problem, 404: problem, 409: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const { sub, roles, storeId } = principal;
      const expected = expectedVersionOf(request);
      const context = contextOf(request, storeId);
      const requested = await orders.handle(
        request.params.orderId,
        (order, { now }) =>
          cancelOrder(visibleTo(principal, order), {
            actor: sub,
            reason: request.body?.reason ?? null,
            now,
            expectedVersion: expected,
            needsApproval,
            mayCancel: ({ userId, status }) =>
              policy.evaluate('tradewind/order/decision', {
                action: 'cancel',
                principal: { sub, roles, storeId },
                resource: { ownerId: userId, storeId, status },
              }).allow,
          }),
        {
          context,
          ...replying(request, (after) => {
            const order = existing(after.state);
            return { status: statusOf(order), body: JSON.stringify(viewOf(order, after.version)) };
          }),
        },
      );
      const done = await carryOutCancellation(deps, existing(requested.state), context, waitMs);
      const { state, version } = done ?? requested;
      const order = existing(state);
      return reply.code(statusOf(order)).header('etag', `"${version}"`).send(viewOf(order, version));
    },
  });
}
