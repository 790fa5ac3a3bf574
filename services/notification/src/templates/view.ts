import { z } from 'zod';
import { locale } from '#input.ts';
import { channelNames, kindNames } from '#messages/kinds.ts';
import type { ShownTemplate } from './store.ts';

export const channel = z.enum(channelNames);
export const keyParams = z.object({ key: z.enum(kindNames) });
export const placeQuery = z.strictObject({ channel, locale });
export const subject = z.string().max(200).nullable();
export const body = z.string().min(1).max(20_000);

export const newTemplate = z
  .strictObject({
    key: z.enum(kindNames),
    channel,
    locale,
    subject: subject.default(null).meta({ description: 'Of EMAIL and PUSH; others have none.' }),
    body: body.meta({ description: 'Mustache: {{variable}}, {{#list}}…{{/list}}. Of EMAIL it is HTML.' }),
    expectedVersion: z.int().min(0).optional(),
  })
  .meta({
    id: 'NewNotificationTemplate',
    example: {
      key: 'order-paid',
      channel: 'EMAIL',
      locale: 'en',
      subject: 'Paid: {{orderId}}',
      body: '<p>We have your {{totalAmount}} {{currency}}.</p>',
    },
  });

export const use = z
  .strictObject({ channel, locale, version: z.int().min(1) })
  .meta({ example: { channel: 'EMAIL', locale: 'en', version: 1 } });

export const templateView = z
  .object({
    key: z.string(),
    channel,
    locale: z.string(),
    version: z.int(),
    subject: z.string().nullable(),
    body: z.string(),
    active: z.boolean(),
    createdBy: z.string().nullable(),
    createdAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'NotificationTemplate' });

export const shown = ({ key, channel: by, createdAt, ...it }: ShownTemplate) => ({
  key,
  channel: by,
  locale: it.locale,
  version: it.version,
  subject: it.subject,
  body: it.body,
  active: it.active,
  createdBy: it.createdBy,
  createdAt: createdAt?.toISOString() ?? null,
});
