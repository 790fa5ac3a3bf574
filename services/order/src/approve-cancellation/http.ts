import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import type { Policy } from '@tradewind/service/policy.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { z } from 'zod';
import { checkAllowed } from '#access.ts';
import { carryOutCancellation } from '#fulfilment/cancellation.ts';
import type { RefundDeps } from '#fulfilment/refund.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type Order } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import { approveCancellation, rejectCancellation } from './decide.ts';

const body = z
  .strictObject({ reason: z.string().max(500).optional(), expectedVersion })
  .nullish()
  .meta({ example: { reason: 'agreed with the customer' } });
const params = z.object({ orderId: z.string().min(1).max(100) });

export interface ApproveCancellationDeps extends RefundDeps {
  readonly policy: Policy;
  readonly waitMs: number;
}

const ways = [
  {
    word: 'approve',
    action: 'approve_cancellation',
    summary: 'Agree that a paid order is canceled; somebody else than who asked for it',
    decide: approveCancellation,
    statusOf: ({ status }: Order) => (status === 'CANCELED' ? 200 : 202),
  },
  {
    word: 'reject',
    action: 'reject_cancellation',
    summary: 'Do not agree that a paid order is canceled: it stays PAID',
    decide: rejectCancellation,
    statusOf: () => 200 as const,
  },
] as const;

/** `POST /orders/{id}/cancel/approve` and `/reject`: the second pair of eyes on much money. */
export function registerApproveCancellation(app: HttpApp, deps: ApproveCancellationDeps): void {
  for (const { word, action, summary, decide, statusOf } of ways) {
    app.route({
      method: 'POST',
      url: `/api/v1/orders/:orderId/cancel/${word}`,
      config: {
        access: ['ADMIN'],
        permission: 'cancellations:approve',
        idempotency: 'accepted',
        admission: 'always',
      },
      schema: {
        tags: ['orders'],
        summary,
        params,
        body,
        response: { 200: orderView, 202: orderView, 403: problem, 404: problem, 409: problem },
      },
      async handler(request, reply) {
        const principal = principalOf(request);
        const { sub: actor, storeId } = principal;
        const expected = expectedVersionOf(request);
        const context = contextOf(request, storeId);
        const decided = await deps.orders.handle(
          request.params.orderId,
          (maybe, { now }) => {
            const order = existing(maybe);
            // Where nobody asked, the decision says so.
            const requestedBy = order.cancellation?.requestedBy ?? '';
            checkAllowed(deps.policy, principal, action, { ...order, requestedBy });
            return decide(order, {
              ...{ actor, reason: request.body?.reason ?? null, now, expectedVersion: expected },
            });
          },
          {
            context,
            ...replying(request, (after) => {
              const order = existing(after.state);
              return { status: statusOf(order), body: JSON.stringify(viewOf(order, after.version)) };
            }),
          },
        );
        failpoint('cancel.decided');
        const done = await carryOutCancellation(deps, existing(decided.state), context, deps.waitMs);
        const { state, version } = done ?? decided;
        const order = existing(state);
        return reply.code(statusOf(order)).header('etag', `"${version}"`).send(viewOf(order, version));
      },
    });
  }
}
