import { z } from 'zod';
import { channelNames } from './kinds.ts';
import { type ShownNotification, statuses } from './queries.ts';

const deliveryView = z.object({
  deliveryId: z.string(),
  channel: z.enum(channelNames),
  status: z.enum(statuses),
  code: z.string().nullable().meta({
    description:
      'Why it is suppressed (PREFERENCE, NO_CONSENT, NO_ADDRESS, NO_TEXT, TOO_OLD, ERASED), was given up, or what the last try met.',
  }),
  address: z.string().nullable(),
  subject: z.string().nullable(),
  body: z.string().nullable(),
  templateVersion: z.int().nullable().meta({ description: '0: the built-in text' }),
  attempts: z.int(),
  nextAttemptAt: z.iso.datetime().nullable(),
  providerMessageId: z.string().nullable(),
  updatedAt: z.iso.datetime(),
});

export const notificationView = z
  .object({
    notificationId: z.string(),
    recipient: z.string(),
    template: z.string(),
    category: z.string(),
    resource: z.string(),
    eventId: z.string(),
    locale: z.string(),
    createdAt: z.iso.datetime(),
    deliveries: z.array(deliveryView),
  })
  .meta({ id: 'Notification' });

const time = (text: string): string => new Date(text).toISOString();

export const shown = (it: ShownNotification) => ({
  ...it,
  createdAt: it.createdAt.toISOString(),
  deliveries: it.deliveries.map((delivery) => ({
    ...delivery,
    nextAttemptAt: delivery.nextAttemptAt === null ? null : time(delivery.nextAttemptAt),
    updatedAt: time(delivery.updatedAt),
  })),
});
