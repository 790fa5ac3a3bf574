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
import { reasonBody, returnView, viewOfReturn } from '#order/part-views.ts';
import { approveReturn, rejectReturn } from './decide.ts';

const params = z.object({
  orderId: z.string().min(1).max(100),
  returnId: z.string().min(1).max(100),
});
const body = z
  .strictObject({ reason: reasonBody, expectedVersion })
  .nullish()
  .meta({ example: { reason: 'arrived in good order' } });

export interface DecideReturnDeps extends RefundDeps {
  readonly policy: Policy;
  readonly waitMs: number;
}

const ways = [
  {
    word: 'approve',
    action: 'approve_return',
    summary: 'Take the pieces back and pay their worth',
    decide: approveReturn,
  },
  {
    word: 'reject',
    action: 'reject_return',
    summary: 'Leave the pieces with the customer',
    decide: rejectReturn,
  },
] as const;

/** `POST /orders/{id}/returns/{returnId}/approve` and `/reject`. */
export function registerDecideReturn(app: HttpApp, deps: DecideReturnDeps): void {
  for (const { word, action, summary, decide } of ways) {
    app.route({
      method: 'POST',
      url: `/api/v1/orders/:orderId/returns/:returnId/${word}`,
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'returns:approve', idempotency: 'accepted' },
      schema: {
        tags: ['orders'],
        summary,
        params,
        body,
        response: {
          ...{ 200: returnView, 202: returnView },
          ...{ 404: problem, 409: problem, 422: problem },
        },
      },
      async handler(request, reply) {
        const principal = principalOf(request);
        const { sub: actor, storeId } = principal;
        const { orderId, returnId } = request.params;
        const expected = expectedVersionOf(request);
        const context = contextOf(request, storeId);
        const viewIn = ({ state }: Versioned<MaybeOrder>) => {
          const order = existing(state);
          const asked = order.returns.find((one) => one.returnId === returnId);
          if (!asked) throw orderError('RETURN_NOT_FOUND');
          return viewOfReturn(order, asked);
        };
        const decided = await deps.orders.handle(
          orderId,
          (order, { now }) => {
            checkAllowed(deps.policy, principal, action, existing(order));
            return decide(order, {
              ...{ returnId, actor, reason: request.body?.reason ?? null, now, expectedVersion: expected },
            });
          },
          {
            context,
            ...replying(request, (after) => {
              const view = viewIn(after);
              return { status: statusOf(view.status), body: JSON.stringify(view) };
            }),
          },
        );
        failpoint('return.decided');
        const order = existing(decided.state);
        const refund = order.refunds.find((one) => one.returnId === returnId && one.state === 'REQUESTED');
        const done = refund && (await carryOutRefund(deps, order, refund.refundId, context, deps.waitMs));
        const view = viewIn(done ?? decided);
        const refused = existing((done ?? decided).state).refunds.some(
          (one) => one.refundId === refund?.refundId && one.state === 'FAILED',
        );
        if (refused) throw orderError('REFUND_REFUSED', { details: { returnId } });
        return reply.code(statusOf(view.status)).send(view);
      },
    });
  }
}

/** Approved is not the end: its refund runs. */
const statusOf = (status: string): 200 | 202 => (status === 'APPROVED' ? 202 : 200);
