import { formatAmount, parseAmount } from '@tradewind/kernel/money.ts';
import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { paymentError } from '#errors.ts';
import { paymentOutcome } from '#payment/outcome.ts';
import * as schema from '#payment/schema.ts';
import type { Records } from '#records.ts';
import type { Flights } from '#settle/flights.ts';

const body = z.strictObject({
  paymentId: schema.paymentId,
  orderId: schema.orderId,
  userId: z.string().min(1).max(255).nullish(),
  amount: schema.amount,
  currency: schema.currency,
  token: z.string().min(1).max(255).nullish().meta({ example: 'tok_visa' }),
});

/** Records the payment, charges it, and answers what is known by the caller's deadline. */
export function registerStartPayment(app: HttpApp, records: Records, flights: Flights): void {
  app.post(
    '/api/v1/payments',
    {
      config: { access: ['SERVICE', 'ADMIN'], permission: 'payments:write', admission: 'always' },
      schema: {
        tags: ['payments'],
        summary: 'Charges an order. Idempotent by paymentId: the same one never charges twice',
        headers: schema.deadlineHeader,
        body,
        response: { 200: schema.paymentReply, 400: problem, 409: problem, 503: problem },
      },
    },
    async (request) => {
      const { paymentId, orderId, userId = null, currency, token = null } = request.body;
      const amount = parseAmount(request.body.amount, currency);
      const context = contextOf(request, storeOf(request));
      const command = { paymentId, orderId, userId, amount, currency, token };
      const { record, isNew } = await records.start(command, context);
      if (isNew) {
        flights.begin({
          ...{
            kind: 'CHARGE',
            id: paymentId,
            paymentId,
            orderId,
            amount,
            currency,
            token,
            captureId: null,
            context,
          },
          ...{ claim: record.claim, resumed: false, maySend: true, quiet: false },
        });
      }
      const outcome = paymentOutcome(
        (await flights.outcome(paymentId, request.headers['deadline-ms'])) ?? record,
      );
      if (outcome.code === 'PAYMENT_UNAVAILABLE') {
        throw paymentError('PAYMENT_UNAVAILABLE', { details: { paymentId }, retryAfter: 5 });
      }
      return { paymentId, orderId, amount: formatAmount(amount, currency), currency, ...outcome };
    },
  );
}
