import { z } from 'zod';
import { deliveryStatus, pageOf } from '#input.ts';
import type { Listed } from './query.ts';

const example = {
  deliveryId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
  subscriptionId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
  eventId: '01a1fca3-c02b-7d83-8f26-c90ea3a53229',
  eventType: 'ecommerce.order.order.paid.v1',
  resource: 'ORDER-123',
  status: 'PENDING' as const,
  attempts: [{ at: '2026-11-20T12:00:00.000Z', status: 500, error: 'HTTP_500', durationMs: 41 }],
  nextAttemptAt: '2026-11-20T12:00:30.000Z',
  createdAt: '2026-11-20T12:00:00.000Z',
};

export const deliveryView = z
  .object({
    deliveryId: z.string(),
    subscriptionId: z.string(),
    eventId: z.string().meta({ description: 'the webhook-id' }),
    eventType: z.string(),
    resource: z.string().meta({ description: 'whose events stay in order: the partition key' }),
    status: deliveryStatus,
    attempts: z.array(
      z.object({
        at: z.iso.datetime(),
        status: z.int().optional().meta({ description: 'of the answer, where one came' }),
        error: z.string().optional().meta({ description: 'a stable code, then words' }),
        durationMs: z.int(),
      }),
    ),
    nextAttemptAt: z.iso.datetime().optional().meta({
      description: 'missing where it is held, has ended, or waits behind another one of its resource',
    }),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'WebhookDelivery', example });

export const deliveryPage = pageOf(deliveryView).meta({
  id: 'WebhookDeliveryPage',
  example: { items: [example], nextCursor: null },
});

export const viewOf = (row: Listed): z.infer<typeof deliveryView> => ({
  deliveryId: row.deliveryId,
  subscriptionId: row.subscriptionId,
  eventId: row.eventId,
  eventType: row.eventType,
  resource: row.partitionKey,
  status: row.status,
  attempts: row.attempts.map(({ at, status, error, durationMs }) => ({
    at: at.toISOString(),
    ...(status === null ? {} : { status }),
    ...(error === null ? {} : { error }),
    durationMs,
  })),
  ...(row.nextAttemptAt === null ? {} : { nextAttemptAt: row.nextAttemptAt.toISOString() }),
  createdAt: row.createdAt.toISOString(),
  ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
});
