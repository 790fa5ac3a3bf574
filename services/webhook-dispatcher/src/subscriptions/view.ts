import { z } from 'zod';
import { showSecret } from './secret.ts';
import type { Disclosed } from './store.ts';
import type { Subscription } from './subscription.ts';

const example = {
  subscriptionId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
  url: 'https://partner.example/hooks/tradewind',
  eventTypes: ['ecommerce.order.*'],
  description: 'Orders for the warehouse',
  rateLimit: 50,
  status: 'ACTIVE' as const,
  reason: null,
  failures: 0,
  failingSince: null,
  previousSecretUntil: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
};

const fields = {
  subscriptionId: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  description: z.string().nullable(),
  rateLimit: z
    .int()
    .nullable()
    .meta({ description: 'deliveries per second; null = as fast as the endpoint answers' }),
  status: z.enum(['ACTIVE', 'PAUSED', 'DISABLED']).meta({
    description:
      'DISABLED: it failed for too long or answered 410. Deliveries are HELD until PATCH sets ACTIVE',
  }),
  reason: z.string().nullable().meta({ description: 'why it is DISABLED' }),
  failures: z.int().meta({ description: 'attempts that have failed since the last success' }),
  failingSince: z.iso.datetime().nullable(),
  previousSecretUntil: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'until then the previous secret signs, too' }),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};
const secret = z.string().meta({ description: 'shown this once' });
const exampleSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD2FOVwfnFVPk=';

export const subscriptionView = z.object(fields).meta({ id: 'WebhookSubscription', example });
export const disclosedView = z
  .object({ ...fields, secret })
  .meta({ id: 'WebhookSubscriptionWithSecret', example: { ...example, secret: exampleSecret } });

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

export const viewOf = (one: Subscription): z.infer<typeof subscriptionView> => ({
  subscriptionId: one.subscriptionId,
  url: one.url,
  eventTypes: [...one.eventTypes],
  description: one.description,
  rateLimit: one.rateLimit,
  status: one.status,
  reason: one.reason,
  failures: one.failures,
  failingSince: iso(one.failingSince),
  previousSecretUntil: iso(one.previousUntil),
  version: one.version,
  createdAt: one.createdAt.toISOString(),
  updatedAt: one.updatedAt.toISOString(),
});

export const disclosedOf = (one: Disclosed): z.infer<typeof disclosedView> => ({
  ...viewOf(one.subscription),
  secret: showSecret(one.secret),
});
