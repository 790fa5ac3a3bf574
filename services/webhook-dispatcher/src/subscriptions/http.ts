import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import { webhookError } from '#errors.ts';
import { eventTypes, idParams, pageOf, pageQuery, reading, writing } from '#input.ts';
import { endpointUrl } from './endpoint-url.ts';
import { unknownPatterns } from './event-filter.ts';
import { parseSecret } from './secret.ts';
import type { Disclosed, SubscriptionStore } from './store.ts';
import type { SubscriptionPatch } from './subscription.ts';
import { disclosedOf, disclosedView, subscriptionView, viewOf } from './view.ts';

const url = z
  .string()
  .min(1)
  .max(2_000)
  .meta({ examples: ['https://partner.example/hooks/tradewind'] });
const description = z.string().trim().max(500).nullable();
const rateLimit = z
  .int()
  .min(1)
  .max(10_000)
  .nullable()
  .meta({ description: 'deliveries per second', examples: [50] });
const newBody = z
  .strictObject({
    url,
    eventTypes,
    secret: z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'whsec_ and the base64 of 24 to 64 bytes; one is made unless it is sent' }),
    description: description.default(null),
    rateLimit: rateLimit.default(null),
  })
  .meta({
    id: 'NewWebhookSubscription',
    example: { url: 'https://partner.example/hooks/tradewind', eventTypes: ['ecommerce.order.*'] },
  });
const patchBody = z
  .strictObject({
    url: url.optional(),
    eventTypes: eventTypes.optional(),
    description: description.optional(),
    rateLimit: rateLimit.optional(),
    status: z
      .enum(['ACTIVE', 'PAUSED'])
      .optional()
      .meta({ description: 'ACTIVE sends out, in order, what was held' }),
    expectedVersion: z.int().positive().optional(),
  })
  .meta({ id: 'WebhookSubscriptionPatch', example: { status: 'ACTIVE' } });
const page = pageOf(subscriptionView).meta({ id: 'WebhookSubscriptionPage' });

const path = '/api/v1/webhooks/subscriptions';
const tags = ['webhook subscriptions'];
const refusals = { 401: problem, 403: problem };
const changes = { ...refusals, 400: problem, 404: problem, 409: problem, 422: problem };

export interface SubscriptionRoutes {
  readonly store: SubscriptionStore;
  readonly requireHttps: boolean;
}

export function registerSubscriptions(app: HttpApp, { store, requireHttps }: SubscriptionRoutes): void {
  const locationOf = ({ subscriptionId }: { subscriptionId: string }): string => `${path}/${subscriptionId}`;

  app.post(
    path,
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        ...{ tags, summary: 'Subscribe an endpoint to events, from now on', body: newBody },
        response: { 201: disclosedView, ...refusals, 400: problem, 409: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const { secret, ...terms } = request.body;
      checkTypes(terms.eventTypes);
      const created = await store.create(
        principalOf(request).storeId,
        { ...terms, url: endpointUrl(terms.url, { requireHttps }) },
        secret === undefined ? undefined : parseSecret(secret),
        replying(request, (one: Disclosed) => ({ status: 201, body: JSON.stringify(disclosedOf(one)) })),
      );
      const view = disclosedOf(created);
      void reply.code(201).header('location', locationOf(view)).header('etag', `"${view.version}"`);
      return view;
    },
  );
  app.get(
    path,
    {
      config: reading,
      schema: {
        ...{ tags, summary: `All of the tenant's, oldest first`, querystring: pageQuery },
        response: { 200: page, ...refusals, 400: problem },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? '' : decodeCursor(cursor, z.string());
      const found = await store.list(principalOf(request).storeId, after, limit + 1);
      const shown = found.slice(0, limit);
      const nextCursor = found.length > limit ? encodeCursor(shown.at(-1)?.subscriptionId) : null;
      return { items: shown.map(viewOf), nextCursor };
    },
  );
  app.get(
    `${path}/:id`,
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'Show a subscription; never its secret', params: idParams },
        response: { 200: subscriptionView, ...refusals, 404: problem },
      },
    },
    async (request, reply) => {
      const found = await store.find(principalOf(request).storeId, request.params.id);
      void reply.header('etag', `"${found.version}"`);
      return viewOf(found);
    },
  );
  app.patch(
    `${path}/:id`,
    {
      config: writing,
      schema: {
        ...{
          tags,
          summary: 'Change a subscription, pause it, or let it run again',
          params: idParams,
          body: patchBody,
        },
        response: { 200: subscriptionView, ...changes },
      },
    },
    async (request, reply) => {
      const { expectedVersion: _, url: given, ...rest } = request.body;
      if (rest.eventTypes) checkTypes(rest.eventTypes);
      const patch = {
        ...rest,
        ...(given === undefined ? {} : { url: endpointUrl(given, { requireHttps }) }),
      } as SubscriptionPatch;
      const { storeId } = principalOf(request);
      const changed = await store.change(storeId, request.params.id, patch, expectedVersionOf(request));
      void reply.header('etag', `"${changed.version}"`);
      return viewOf(changed);
    },
  );
  app.delete(
    `${path}/:id`,
    {
      config: writing,
      schema: {
        ...{ tags, summary: 'End a subscription; what was not delivered never will be', params: idParams },
        body: versionBody,
        response: {
          204: z.null().meta({ description: 'it is gone' }),
          ...{ ...refusals, 404: problem, 409: problem },
        },
      },
    },
    async (request, reply) => {
      await store.remove(principalOf(request).storeId, request.params.id, expectedVersionOf(request));
      return reply.code(204).send(null);
    },
  );
}

function checkTypes(patterns: readonly string[]): void {
  const unknown = unknownPatterns(patterns);
  if (unknown.length === 0) return;
  throw webhookError('UNKNOWN_EVENT_TYPE', {
    message: `no event has the type ${unknown.join(', ')}; GET /api/v1/webhooks/event-types lists them`,
    details: { eventTypes: unknown },
  });
}
