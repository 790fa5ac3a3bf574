import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { z } from 'zod';
import { idParams, writing } from '#input.ts';
import type { Asking, Pinged } from './ping.ts';

const view = z
  .object({
    eventId: z.string(),
    deliveryId: z.string(),
    eventType: z.literal('ping'),
    status: z.enum(['DELIVERED', 'FAILED', 'REFUSED']),
    attempts: z.array(
      z.object({
        at: z.iso.datetime(),
        status: z.int().optional(),
        error: z.string().optional(),
        durationMs: z.int(),
      }),
    ),
  })
  .meta({
    id: 'WebhookPing',
    example: {
      eventId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
      deliveryId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
      eventType: 'ping',
      status: 'DELIVERED',
      attempts: [{ at: '2026-11-20T12:00:00.000Z', status: 204, durationMs: 35 }],
    },
  });

export function registerPing(app: HttpApp, ping: (asking: Asking) => Promise<Pinged>): void {
  app.post(
    '/api/v1/webhooks/subscriptions/:id/ping',
    {
      config: { ...writing, idempotency: 'accepted' },
      schema: {
        tags: ['webhook subscriptions'],
        summary: 'Send a signed ping now, and see what the endpoint says',
        params: idParams,
        response: { 200: view, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request) => {
      const answer = replying(request, (pinged: Pinged) => ({
        status: 200,
        body: JSON.stringify(viewOf(pinged)),
      }));
      const { storeId } = principalOf(request);
      const { correlationId } = contextOf(request, storeId);
      return viewOf(await ping({ storeId, subscriptionId: request.params.id, correlationId, ...answer }));
    },
  );
}

function viewOf({ eventId, deliveryId, attempt }: Pinged): z.infer<typeof view> {
  const { at, status, error, durationMs, refused } = attempt;
  return {
    ...{ eventId, deliveryId, eventType: 'ping' },
    status: error === undefined ? 'DELIVERED' : refused ? 'REFUSED' : 'FAILED',
    attempts: [
      {
        at: at.toISOString(),
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { error }),
        durationMs,
      },
    ],
  };
}
