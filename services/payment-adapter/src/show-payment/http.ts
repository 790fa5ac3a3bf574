import { formatAmount } from '@tradewind/kernel/money.ts';
import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { paymentError } from '#errors.ts';
import { paymentOutcome, refundOutcome } from '#payment/outcome.ts';
import * as schema from '#payment/schema.ts';
import type { PaymentQueries, PaymentRow, RefundRow } from './queries.ts';

const detail = schema.paymentReply
  .extend({ refunds: z.array(schema.refundReply) })
  .meta({ id: 'PaymentDetail' });

export function registerShowPayment(app: HttpApp, queries: PaymentQueries): void {
  const config = { access: ['SERVICE', 'ADMIN'], permission: 'payments:read' } as const;
  app.get(
    '/api/v1/payments/:paymentId',
    {
      config,
      schema: {
        tags: ['payments'],
        summary: 'What became of a payment',
        params: z.object({ paymentId: schema.paymentId }),
        response: { 200: detail, 404: problem },
      },
    },
    async (request) => {
      const storeId = storeOf(request);
      const { paymentId } = request.params;
      const payment = await queries.find(storeId, paymentId);
      if (!payment) throw paymentError('PAYMENT_NOT_FOUND');
      const refunds = await queries.refundsOf(storeId, paymentId);
      return { ...shown(payment), refunds: refunds.map(shownRefund) };
    },
  );
  app.get(
    '/api/v1/payments',
    {
      config,
      schema: {
        tags: ['payments'],
        summary: 'The payments of an order',
        querystring: z.strictObject({
          orderId: schema.orderId,
          limit: z.coerce.number().int().min(1).max(100).default(50),
          cursor: schema.paymentId.optional(),
        }),
        response: {
          200: z.object({ items: z.array(schema.paymentReply), nextCursor: z.string().nullable() }),
          400: problem,
        },
      },
    },
    async (request) => {
      const { orderId, limit, cursor } = request.query;
      const rows = await queries.ofOrder(storeOf(request), orderId, cursor ?? '', limit + 1);
      const items = rows.slice(0, limit).map(shown);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.paymentId ?? null) : null };
    },
  );
}

function shown(row: PaymentRow) {
  const { paymentId, orderId, currency } = row;
  const amount = formatAmount(row.amount, currency);
  return { paymentId, orderId, amount, currency, ...paymentOutcome(row) };
}

function shownRefund(row: RefundRow) {
  const { refundId, paymentId, currency } = row;
  return { refundId, paymentId, amount: formatAmount(row.amount, currency), currency, ...refundOutcome(row) };
}
