import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Delivered, Gateway } from '#gateway.ts';
import { keyed, newKey, parse, processPayment, queryPayment, refundPayment } from '#requests.ts';

/** The REST twin over the same book (schemas/openapi/payment-gateway.yaml). */
export function registerRest(app: FastifyInstance, gateway: Gateway): void {
  app.post('/payments', async (request, reply) =>
    send(
      reply,
      await gateway.processPayment(
        'REST',
        parse(processPayment, keyed(request.body, request.headers, newKey)),
      ),
    ),
  );
  app.post('/refunds', async (request, reply) =>
    send(
      reply,
      await gateway.refundPayment('REST', parse(refundPayment, keyed(request.body, request.headers))),
    ),
  );
  app.get('/payments/:idempotencyKey', async (request, reply) =>
    send(reply, await gateway.queryPayment('REST', parse(queryPayment, request.params).idempotencyKey)),
  );
}

function send(reply: FastifyReply, { answer, malformed }: Delivered<unknown>): FastifyReply {
  const text = JSON.stringify(answer);
  return reply.type('application/json').send(malformed ? text.slice(0, text.length / 2) : text);
}
