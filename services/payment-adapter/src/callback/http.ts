import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { paymentError } from '#errors.ts';
import type { Flights } from '#settle/flights.ts';
import type { Timers } from '#settle/timers.ts';

const body = z.strictObject({
  idempotencyKey: z.string().min(1).max(255),
  transactionId: z.string().max(255).optional(),
  status: z.string().max(50),
  code: z.string().max(100).optional(),
});

/**
 * The gateway's callback. Anybody could send one, so nothing in it is believed: it only has the gateway asked now, about a
 * payment that is not settled, or that was given up and is said to be captured. A repeat therefore changes nothing.
 */
export function registerCallback(app: HttpApp, timers: Timers, flights: Flights): void {
  app.post(
    '/api/v1/payments/callbacks',
    {
      config: { access: 'public', admission: 'always' },
      schema: {
        tags: ['payments'],
        summary: 'Callback of the payment gateway: a hint to ask it now',
        body,
        response: { 202: z.object({ accepted: z.boolean() }), 400: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const { idempotencyKey, status } = request.body;
      const found = await timers.hasten(idempotencyKey);
      if (!found) throw paymentError('PAYMENT_NOT_FOUND');
      if (found.status === 'FAILED' && (status === 'CAPTURED' || status === 'REFUNDED')) {
        request.log.warn({ id: idempotencyKey, status }, 'a callback contradicts what is on record');
        const question = await timers.question(idempotencyKey);
        if (question) flights.begin(question);
      }
      return reply.code(202).send({ accepted: true });
    },
  );
}
