import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { recipientFor } from '#access.ts';
import { locale, recipient } from '#input.ts';
import { notificationError } from '#errors.ts';
import { categories, channelNames } from '#messages/kinds.ts';
import { isStoreRecipient, type Preferences, type Wishes } from './preferences.ts';
import type { PreferenceStore } from './store.ts';

const choices = z
  .partialRecord(z.enum(categories), z.partialRecord(z.enum(channelNames), z.boolean()))
  .meta({ description: 'true: by this channel, false: not. What is not named was never chosen.' });

const body = z
  .strictObject({
    channels: choices.default({}),
    locale: locale.nullable().default(null),
    email: z.email().max(254).nullable().default(null),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'a number as in E.164, such as +4915112345678')
      .nullable()
      .default(null),
    pushToken: z
      .string()
      .regex(/^[\x21-\x7e]{8,4096}$/, '8 to 4096 visible ASCII characters')
      .nullable()
      .default(null),
    slackChannel: z
      .string()
      .regex(/^[#@][\w.-]{1,79}$/, 'a channel, such as #warehouse')
      .nullable()
      .default(null),
    expectedVersion: z.int().min(0).optional(),
  })
  .meta({
    example: {
      channels: { TRANSACTIONAL: { EMAIL: true, SMS: false }, MARKETING: { EMAIL: true } },
      locale: 'de-AT',
      email: 'grace@example.com',
    },
  });

const view = z
  .object({
    recipient: z.string(),
    channels: choices,
    locale: z.string().nullable(),
    email: z.string().nullable(),
    accountEmail: z
      .string()
      .nullable()
      .meta({ description: "the account's; used where there is no own one" }),
    phone: z.string().nullable(),
    pushToken: z.string().nullable(),
    slackChannel: z.string().nullable().meta({ description: 'of a store: `store:<id>` as recipient' }),
    version: z.int(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'NotificationPreferences' });

const shown = (it: Preferences) => ({ ...it, updatedAt: it.updatedAt?.toISOString() ?? null });

const tags = ['notifications'];
const url = '/api/v1/notifications/preferences';
const querystring = z.strictObject({
  recipient: recipient.optional().meta({ description: 'For staff: whose, a customer id or `store:<id>`.' }),
});

const wantsChat = ({ channels, slackChannel }: Wishes): boolean =>
  slackChannel !== null || Object.values(channels).some(({ SLACK }) => SLACK === true);

/** What somebody wants to hear, by which channels, where and in which language. */
export function registerPreferences(app: HttpApp, preferences: PreferenceStore): void {
  app.route({
    method: 'GET',
    url,
    config: { access: 'authenticated', permission: 'notifications:read' },
    schema: {
      tags,
      summary: 'Preferences; of somebody who never chose anything they are empty',
      querystring,
      response: { 200: view, 404: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const whose = recipientFor(principal, request.query.recipient);
      const found = await preferences.find(principal.storeId, whose);
      return reply.header('etag', `"${found.version}"`).send(shown(found));
    },
  });
  app.route({
    method: 'PUT',
    url,
    config: { access: 'authenticated', permission: 'notifications:write' },
    schema: {
      tags,
      summary: 'Replace preferences',
      querystring,
      body,
      response: { 200: view, 400: problem, 404: problem, 409: problem, 422: problem },
    },
    async handler(request, reply) {
      const principal = principalOf(request);
      const whose = recipientFor(principal, request.query.recipient);
      const { expectedVersion: _, ...wishes } = request.body;
      if (wantsChat(wishes) && !isStoreRecipient(whose)) throw notificationError('CHAT_IS_OF_STORES');
      const saved = await preferences.replace(principal.storeId, whose, wishes, expectedVersionOf(request));
      return reply.header('etag', `"${saved.version}"`).send(shown(saved));
    },
  });
}
