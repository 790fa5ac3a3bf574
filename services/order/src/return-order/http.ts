import { newId } from '@tradewind/kernel/ids.ts';
import type { Versioned } from '@tradewind/outbox/command-store.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { checkAllowed, visibleTo } from '#access.ts';
import { orderError } from '#errors.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type MaybeOrder } from '#order/order.ts';
import { itemsBody, reasonBody, returnView, viewOfReturn } from '#order/part-views.ts';
import type { OrderStore } from '#store.ts';
import { requestReturn } from './decide.ts';

const body = z.strictObject({ items: itemsBody, reason: reasonBody, expectedVersion }).meta({
  example: { items: [{ productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227', qty: 1 }], reason: 'broken' },
});

/** `POST /orders/{id}/returns`: the customer wants to send pieces back. */
export function registerReturnOrder(app: HttpApp, orders: OrderStore, policy: Policy): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/returns',
    config: {
      access: ['CUSTOMER', 'MERCHANT', 'ADMIN'],
      permission: 'orders:write',
      idempotency: 'accepted',
    },
    schema: {
      tags: ['orders'],
      summary: 'Ask to send pieces back',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: { 201: returnView, 404: problem, 409: problem, 422: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const { items, reason = null } = request.body;
      const expected = expectedVersionOf(request);
      const returnId = newId();
      const viewIn = ({ state }: Versioned<MaybeOrder>) => {
        const order = existing(state);
        const asked = order.returns.find((one) => one.returnId === returnId);
        if (!asked) throw orderError('ORDER_STREAM_BROKEN');
        return viewOfReturn(order, asked);
      };
      const after = await orders.handle(
        request.params.orderId,
        (order, { now }) => {
          checkAllowed(policy, principal, 'request_return', visibleTo(principal, order));
          return requestReturn(order, {
            ...{ returnId, actor: principal.sub, items, reason, now, expectedVersion: expected },
          });
        },
        {
          context: contextOf(request, principal.storeId),
          ...replying(request, (stored) => ({ status: 201, body: JSON.stringify(viewIn(stored)) })),
        },
      );
      return reply.code(201).send(viewIn(after));
    },
  });
}
