import { newId } from '@tradewind/kernel/ids.ts';
import { parseAmount } from '@tradewind/kernel/money.ts';
import type { Versioned } from '@tradewind/outbox/command-store.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { checkAllowed } from '#access.ts';
import { orderError } from '#errors.ts';
import { carryOutRefund, type RefundDeps } from '#fulfilment/refund.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type MaybeOrder } from '#order/order.ts';
import { itemsBody, reasonBody, refundView, viewOfRefund } from '#order/part-views.ts';
import { requestRefund } from './decide.ts';

const body = z
  .strictObject({
    amount: z
      .union([z.string(), z.number()])
      .optional()
      .meta({ description: 'Part of what was paid; all that is left, unless this or items are given' }),
    items: itemsBody
      .optional()
      .meta({ description: 'Pieces whose worth is paid back; they stay where they are' }),
    reason: reasonBody,
    expectedVersion,
  })
  .refine(({ amount, items }) => amount === undefined || items === undefined, {
    message: 'give an amount or items, not both',
    path: ['amount'],
  })
  .nullish()
  .meta({ example: { amount: '10.00', reason: 'arrived late' } });

export interface RefundOrderDeps extends RefundDeps {
  readonly policy: Policy;
  readonly waitMs: number;
}

/** `POST /orders/{id}/refunds`: promise → pay back → record. Never more than was captured, whoever asks at once. */
export function registerRefundOrder(app: HttpApp, deps: RefundOrderDeps): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/refunds',
    config: { access: ['MERCHANT', 'ADMIN'], permission: 'refunds:write', idempotency: 'accepted' },
    schema: {
      tags: ['orders'],
      summary: 'Pay back a part, or all that is left',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: {
        ...{ 201: refundView, 202: refundView },
        ...{ 400: problem, 404: problem, 409: problem, 422: problem },
      },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const { sub: actor, storeId } = principal;
      const { orderId } = request.params;
      const { amount, items, reason = null } = request.body ?? {};
      const expected = expectedVersionOf(request);
      const context = contextOf(request, storeId);
      const refundId = newId();
      const viewIn = ({ state }: Versioned<MaybeOrder>) => {
        const order = existing(state);
        const refund = order.refunds.find((one) => one.refundId === refundId);
        if (!refund) throw orderError('ORDER_STREAM_BROKEN');
        return viewOfRefund(order, refund);
      };
      const requested = await deps.orders.handle(
        orderId,
        (maybe, { now }) => {
          const order = existing(maybe);
          checkAllowed(deps.policy, principal, 'refund', order);
          return requestRefund(order, {
            ...{ refundId, actor, reason, items, now, expectedVersion: expected },
            amount: amount === undefined ? undefined : parseAmount(amount, order.currency),
          });
        },
        {
          context,
          ...replying(request, (after) => ({ status: 202, body: JSON.stringify(viewIn(after)) })),
        },
      );
      failpoint('refund.requested');
      const done = await carryOutRefund(deps, existing(requested.state), refundId, context, deps.waitMs);
      const view = viewIn(done ?? requested);
      if (view.status === 'FAILED') throw orderError('REFUND_REFUSED', { details: { refundId } });
      return reply.code(view.status === 'REFUNDED' ? 201 : 202).send(view);
    },
  });
}
