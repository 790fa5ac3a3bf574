import { formatAmount, parseAmount } from '@tradewind/kernel/money.ts';
import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { paymentError } from '#errors.ts';
import { refundOutcome } from '#payment/outcome.ts';
import * as schema from '#payment/schema.ts';
import type { Records } from '#records.ts';
import type { Flights } from '#settle/flights.ts';
import type { PaymentQueries } from '#show-payment/queries.ts';

const body = z.strictObject({
  refundId: schema.refundId,
  amount: schema.amount.optional().meta({ description: 'All that is left, unless said' }),
  reason: z.string().max(500).nullish(),
});

/** Pays back, once per refundId, and never more than was captured. A refund that is PENDING goes on by itself. */
export function registerStartRefund(
  app: HttpApp,
  records: Records,
  flights: Flights,
  queries: PaymentQueries,
): void {
  app.post(
    '/api/v1/payments/:paymentId/refunds',
    {
      config: { access: ['SERVICE', 'ADMIN'], permission: 'payments:write', admission: 'always' },
      schema: {
        tags: ['payments'],
        summary: 'Pays a captured payment back, wholly or in part. Idempotent by refundId',
        params: z.object({ paymentId: schema.paymentId }),
        headers: schema.deadlineHeader,
        body,
        response: { 200: schema.refundReply, 400: problem, 404: problem, 409: problem },
      },
    },
    async (request) => {
      const { paymentId } = request.params;
      const { refundId, reason = null } = request.body;
      const context = contextOf(request, storeOf(request));
      const payment = await queries.find(context.storeId, paymentId);
      if (!payment) throw paymentError('PAYMENT_NOT_FOUND');
      const { orderId, currency, transactionId: captureId } = payment;
      const amount =
        request.body.amount === undefined ? undefined : parseAmount(request.body.amount, currency);
      const command = { refundId, paymentId, orderId, amount, reason };
      const { record, isNew } = await records.startRefund(command, context);
      if (isNew) {
        flights.begin({
          ...{
            kind: 'REFUND',
            id: refundId,
            paymentId,
            orderId,
            amount: record.amount,
            currency,
            token: null,
            context,
          },
          ...{ captureId, claim: record.claim, resumed: false, maySend: true, quiet: false },
        });
      }
      const outcome = refundOutcome(
        (await flights.outcome(refundId, request.headers['deadline-ms'])) ?? record,
      );
      return { refundId, paymentId, amount: formatAmount(record.amount, currency), currency, ...outcome };
    },
  );
}
