import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import { z } from 'zod';
import { registerPreview } from './preview.ts';
import type { ShownTemplate, TemplateStore } from './store.ts';
import { keyParams, newTemplate, placeQuery, shown, templateView, use } from './view.ts';

const tags = ['notification templates'];
const url = '/api/v1/notification-templates';
const reading = { access: ['MERCHANT', 'ADMIN'], permission: 'notifications:read' } as const;
const writing = { access: ['MERCHANT', 'ADMIN'], permission: 'templates:write' } as const;
const etag = ({ version }: ShownTemplate): string => `"${version}"`;
const locationOf = ({ key, channel, locale }: Pick<ShownTemplate, 'key' | 'channel' | 'locale'>): string =>
  `${url}/${key}?${String(new URLSearchParams({ channel, locale }))}`;

const list = wholeListOf(templateView);

/** What a store says. A version never changes: a change is a new one. */
export function registerTemplates(app: HttpApp, templates: TemplateStore): void {
  app.route({
    method: 'GET',
    url,
    config: reading,
    schema: {
      tags,
      summary: 'Texts in use; version 0 is a built-in one',
      querystring: wholeListQuery.extend({ key: keyParams.shape.key.optional() }),
      response: { 200: list, 400: problem },
    },
    async handler(request) {
      const { key, ...page } = request.query;
      const found = await templates.inUse(principalOf(request).storeId, key);
      return cutList(found.map(shown), page);
    },
  });
  app.route({
    method: 'POST',
    url,
    config: { ...writing, idempotency: 'accepted', locationOf },
    schema: {
      tags,
      summary: 'Put a new version of a text into use',
      body: newTemplate,
      response: { 201: templateView, 400: problem, 409: problem, 422: problem },
    },
    async handler(request, reply) {
      const { key, channel, locale, subject, body } = request.body;
      const { storeId, sub } = principalOf(request);
      const answer = (it: ShownTemplate) => ({ status: 201, body: JSON.stringify(shown(it)) });
      const added = await templates.add(
        storeId,
        { key, channel, locale },
        { subject, body },
        { author: sub, expectedVersion: expectedVersionOf(request), ...replying(request, answer) },
      );
      return reply
        .code(201)
        .header('location', locationOf(added))
        .header('etag', etag(added))
        .send(shown(added));
    },
  });
  app.route({
    method: 'GET',
    url: `${url}/:key`,
    config: reading,
    schema: {
      tags,
      summary: 'A text in all its versions, the newest first',
      params: keyParams,
      querystring: wholeListQuery.extend(placeQuery.shape),
      response: { 200: list, 400: problem, 404: problem },
    },
    async handler(request) {
      const { channel, locale, ...page } = request.query;
      const place = { ...request.params, channel, locale };
      const found = await templates.versions(principalOf(request).storeId, place);
      return cutList(found.map(shown), page);
    },
  });
  app.route({
    method: 'POST',
    url: `${url}/:key/use`,
    config: { ...writing, idempotency: 'accepted' },
    schema: {
      tags,
      summary: 'Take an earlier version up again',
      params: keyParams,
      body: use,
      response: { 200: templateView, 404: problem },
    },
    async handler(request, reply) {
      const { version, ...place } = request.body;
      const answer = replying(request, (it: ShownTemplate) => ({
        status: 200,
        body: JSON.stringify(shown(it)),
      }));
      const { storeId } = principalOf(request);
      const used = await templates.use(storeId, { ...request.params, ...place }, version, answer);
      return reply.header('etag', etag(used)).send(shown(used));
    },
  });
  app.route({
    method: 'DELETE',
    url: `${url}/:key`,
    config: writing,
    schema: {
      tags,
      summary: 'Go back to the built-in text',
      params: keyParams,
      querystring: placeQuery,
      response: { 204: z.null().meta({ description: 'the versions are kept' }), 404: problem },
    },
    async handler(request, reply) {
      await templates.retire(principalOf(request).storeId, { ...request.params, ...request.query });
      return reply.code(204).send(null);
    },
  });
  registerPreview(app, templates, `${url}/:key/preview`);
}
