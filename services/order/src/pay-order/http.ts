import type { FastifyRequest } from 'fastify';
import { eventDefinitions } from '@tradewind/contracts/event.ts';
import type { Versioned } from '@tradewind/outbox/command-store.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem, problemOf } from '@tradewind/service/problem.ts';
import { hasRole } from '@tradewind/service/principal.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { orderError } from '#errors.ts';
import { expectedVersion } from '#order/expected-version.ts';
import { existing, type MaybeOrder, type Order } from '#order/order.ts';
import { orderView, viewOf } from '#order/view.ts';
import type { OrderQueries } from '#read-orders/queries.ts';
import { callPayment, openPayment, type OutcomeOptions, type PayDeps, settlePayment } from './pay.ts';

const body = z
  .strictObject({
    method: z
      .strictObject({ token: z.string().min(1).max(255) })
      .optional()
      .meta({ description: 'How to pay: a token of the payment gateway, never a card' }),
    expectedVersion,
  })
  .nullish()
  .meta({ example: { method: { token: 'tok_visa' } } });

/** `POST /orders/{id}/pay`: hold the stock → open the payment → charge → settle. */
export function registerPayOrder(
  app: HttpApp,
  deps: PayDeps & { readonly queries: OrderQueries; readonly waitMs: number },
): void {
  app.route({
    method: 'POST',
    url: '/api/v1/orders/:orderId/pay',
    config: {
      access: ['CUSTOMER', 'ADMIN', 'SERVICE'],
      permission: 'orders:write',
      idempotency: 'required',
      admission: 'always',
    },
    schema: {
      tags: ['orders'],
      summary: 'Pay an order',
      params: z.object({ orderId: z.string().min(1).max(100) }),
      body,
      response: {
        200: orderView,
        202: orderView,
        ...{ 400: problem, 402: problem, 404: problem, 409: problem, 503: problem },
      },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const { orderId } = request.params;
      const context = contextOf(request, principal.storeId);
      const found = await deps.queries.order(principal.storeId, orderId);
      if (!found || (found.userId !== principal.sub && !hasRole(principal, 'ADMIN', 'SERVICE'))) {
        throw orderError('ORDER_NOT_FOUND');
      }
      const paymentKey = `${principal.sub} ${request.idempotencyKey?.key ?? ''}`;
      const repeated =
        found.status !== 'PENDING' &&
        (await deps.queries.paymentKey(principal.storeId, orderId)) === paymentKey;
      if (found.status === 'PAID' && repeated) {
        // The first request's reply was lost, and the payment was settled by its event or by the saga's timer.
        context.wrote?.(eventDefinitions['ecommerce.order.order.paid.v1'].topic, orderId, found.version);
        return reply.header('idempotent-replayed', 'true').send(viewOf(found, found.version));
      }
      if (found.status !== 'PENDING' && found.status !== 'PAYMENT_PENDING') throw notPayable(found.status);
      const token = request.body?.method?.token;
      // A repeat names the version that it saw the first time; the payment it opened has moved the order on.
      const expected = repeated ? undefined : expectedVersionOf(request);
      const data = { paymentToken: token, paymentKey };
      const { order, version } = await openPayment(deps, found, data, context, expected);
      const outcome = await callPayment(deps, order, token, context, deps.waitMs);
      const settled = await settlePayment(
        deps,
        orderId,
        outcome,
        context,
        storedReply(request, outcome.code),
      );
      if (!settled) return reply.code(202).send(viewOf(order, version));
      const after = existing(settled.state);
      if (after.status === 'PAID')
        return reply.code(200).header('etag', `"${settled.version}"`).send(viewOf(after, settled.version));
      if (outcome.status === 'CAPTURED') throw notPayable(after.status);
      throw declined(outcome.code);
    },
  });
}

/**
 * Paid and declined are replies worth keeping: the order changed with them. That no payment could be made is not: the
 * same request may succeed later.
 */
function storedReply(request: FastifyRequest, code: string | null): OutcomeOptions {
  if (code === 'PAYMENT_UNAVAILABLE') return {};
  return replying<Versioned<MaybeOrder>>(request, ({ state, version }) => {
    const order = existing(state);
    if (order.status === 'PAID') return { status: 200, body: JSON.stringify(viewOf(order, version)) };
    return { status: 402, body: JSON.stringify(problemOf(declined(code), request)) };
  });
}

function notPayable(status: Order['status']) {
  return orderError('ORDER_NOT_PAYABLE', { details: { orderStatus: status } });
}

function declined(code: string | null) {
  if (code === 'PAYMENT_UNAVAILABLE') return orderError('PAYMENT_UNAVAILABLE', { retryAfter: 5 });
  return orderError('PAYMENT_DECLINED', { details: { reason: code } });
}
