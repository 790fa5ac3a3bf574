import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { notificationError } from '#errors.ts';
import { locale } from '#input.ts';
import { kinds, type Values } from '#messages/kinds.ts';
import { chooseTemplate } from './choose.ts';
import { render } from './render.ts';
import { checkText, type TemplateStore } from './store.ts';
import { flawsOf } from './variables.ts';
import { body, channel, keyParams, subject } from './view.ts';

const word = z.string().max(1_000);
const values = z
  .record(z.string().max(100), z.union([word, z.array(z.record(z.string().max(100), word)).max(100)]))
  .meta({ description: 'In place of the sample.' });

const asked = z
  .strictObject({
    channel,
    locale: locale.default('en'),
    subject: subject.optional().meta({ description: 'With `body`: a text that is not stored yet.' }),
    body: body.optional(),
    values: values.optional(),
  })
  .meta({ example: { channel: 'EMAIL', locale: 'de-AT' } });

const preview = z
  .object({
    locale: z
      .string()
      .nullable()
      .meta({ description: 'Of the text that was found; null for a text that was sent.' }),
    version: z.int().nullable(),
    subject: z.string().nullable(),
    body: z.string(),
  })
  .meta({ id: 'NotificationPreview' });

/** Shows what would be sent. Nothing is stored and nothing is sent. */
export function registerPreview(app: HttpApp, templates: TemplateStore, url: string): void {
  app.route({
    method: 'POST',
    url,
    config: { access: ['MERCHANT', 'ADMIN'], permission: 'notifications:read', admission: 'always' },
    schema: {
      tags: ['notification templates'],
      summary: 'See a text filled with sample or given values',
      params: keyParams,
      body: asked,
      response: { 200: preview, 400: problem, 404: problem, 422: problem },
    },
    async handler(request) {
      const { key } = request.params;
      const { channel: by, locale: wanted, subject: title = null, body: text, values: given } = request.body;
      const filling: Values = given ?? kinds[key].sample;
      if (text !== undefined) {
        checkText({ key, channel: by }, { subject: title, body: text });
        checkValues({ subject: title, body: text }, filling);
        return { locale: null, version: null, ...render(by, { subject: title, body: text }, filling) };
      }
      const own = await templates.inUse(principalOf(request).storeId, key);
      const found = chooseTemplate(own, key, by, wanted);
      if (!found) throw notificationError('TEMPLATE_NOT_FOUND');
      checkValues(found, filling);
      return { locale: found.locale, version: found.version, ...render(by, found, filling) };
    },
  });
}

/** @throws DomainError TEMPLATE_INVALID where a variable of the text has no value */
function checkValues(text: { readonly subject: string | null; readonly body: string }, given: Values): void {
  const errors = [...flawsOf('subject', text.subject ?? '', given), ...flawsOf('body', text.body, given)];
  if (errors.length === 0) return;
  const message = errors.map((flaw) => `${flaw.path}: ${flaw.message}`).join('; ');
  throw notificationError('TEMPLATE_INVALID', { message, details: { errors } });
}
