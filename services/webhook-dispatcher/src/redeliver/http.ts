import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { Listed } from '#deliveries/query.ts';
import { deliveryView, viewOf } from '#deliveries/view.ts';
import { webhookError } from '#errors.ts';
import { eventTypes, idParams, instant, writing } from '#input.ts';
import type { RangeAnswer, Redeliveries } from './store.ts';

const ended = z.enum(['DELIVERED', 'FAILED', 'REFUSED']);
const rangeBody = z
  .strictObject({
    from: instant,
    to: instant,
    eventTypes: eventTypes.optional(),
    status: z
      .union([ended, z.array(ended).min(1).max(3)])
      .default(['FAILED', 'REFUSED'])
      .meta({ description: 'FAILED and REFUSED unless said', examples: ['FAILED'] }),
  })
  .meta({
    id: 'WebhookRange',
    example: { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z', status: 'FAILED' },
  });
const rangeAnswer = z
  .object({
    redelivered: z.int(),
    more: z.boolean().meta({ description: 'one request takes 5,000: send it again for the rest' }),
  })
  .meta({ id: 'WebhookRangeAnswer', example: { redelivered: 17, more: false } });
const tags = ['webhook deliveries'];
const refusals = { 400: problem, 401: problem, 403: problem, 404: problem, 409: problem };

export function registerRedeliver(app: HttpApp, redeliveries: Redeliveries): void {
  app.post(
    '/api/v1/webhooks/deliveries/:id/redeliver',
    {
      config: { ...writing, idempotency: 'accepted' },
      schema: {
        ...{ tags, summary: 'Send a delivery again, under the same webhook-id', params: idParams },
        response: { 202: deliveryView, ...refusals },
      },
    },
    async (request, reply) => {
      const { storeId } = principalOf(request);
      const answer = replying(request, (one: Listed) => ({ status: 202, body: JSON.stringify(viewOf(one)) }));
      void reply.code(202);
      return viewOf(await redeliveries.one(storeId, request.params.id, answer));
    },
  );
  app.post(
    '/api/v1/webhooks/subscriptions/:id/redeliver',
    {
      config: { ...writing, idempotency: 'accepted' },
      schema: {
        ...{ tags, summary: 'Send again what was taken in within a time', params: idParams, body: rangeBody },
        response: { 202: rangeAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { from, to, status, eventTypes: types } = request.body;
      const range = { from: new Date(from), to: new Date(to), eventTypes: types, status: [status].flat() };
      if (range.from > range.to) throw webhookError('RANGE_INVALID');
      const { storeId } = principalOf(request);
      const answer = replying(request, (one: RangeAnswer) => ({ status: 202, body: JSON.stringify(one) }));
      void reply.code(202);
      return redeliveries.range(storeId, request.params.id, range, answer);
    },
  );
}
