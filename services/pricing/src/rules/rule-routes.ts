import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import * as input from '#input.ts';
import { tooComplex } from '#invalid-rule.ts';
import type { RuleStore } from './rule-store.ts';
import type { Kept } from './rule-table.ts';

export interface RuleRoutes<Terms, New, Patch, View extends object> {
  /** Below `/api/v1`. */
  readonly path: string;
  /** As in "a promotion". */
  readonly one: string;
  readonly idField: keyof View & string;
  readonly newBody: z.ZodType<New>;
  readonly patchBody: z.ZodType<Patch>;
  readonly view: z.ZodType<View>;
  readonly page: z.ZodType<{ items: View[]; nextCursor: string | null }>;
  /** @throws DomainError RULE_INVALID, INVALID_AMOUNT */
  termsIn(body: New): Terms;
  /** @throws DomainError RULE_INVALID, INVALID_AMOUNT */
  changed(terms: Terms, patch: Patch): Terms;
  viewOf(rule: Kept<Terms>): View;
}

const reading = { access: ['MERCHANT', 'ADMIN', 'SERVICE'], permission: 'pricing:read' } as const;
const writing = { access: ['MERCHANT', 'ADMIN'], permission: 'pricing:write' } as const;
const refusals = { 401: problem, 403: problem };

/** The five routes that every kind of rule has. */
export function registerRules<Terms, New, Patch, View extends object>(
  app: HttpApp,
  store: RuleStore<Terms>,
  routes: RuleRoutes<Terms, New, Patch, View>,
): void {
  const { path, one, idField, viewOf } = routes;
  // Its own type is of no use to fastify here, and keeps it from seeing that the replies fit.
  const shown: z.ZodType<object> = routes.view;
  const url = `/api/v1/${path}`;
  const tags = [path.replaceAll('-', ' ')];
  const params = input.idParams;
  const locationOf = (view: View): string => `${url}/${String(view[idField])}`;
  const etagOf = ({ version }: Kept<Terms>): string => `"${version}"`;

  app.post(
    url,
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      // Before the schema: a body may be nested as deep as its size allows.
      preValidation: (request, _reply, done) => done(tooComplex(request.body)),
      schema: {
        ...{ tags, summary: `Add ${one}`, body: routes.newBody },
        response: { 201: shown, ...refusals, 400: problem, 409: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const context = contextOf(request, principalOf(request).storeId);
      const answer = replying(request, (rule: Kept<Terms>) => ({
        status: 201,
        body: JSON.stringify(viewOf(rule)),
      }));
      const rule = await store.create(routes.termsIn(request.body as New), context, answer);
      const view = viewOf(rule);
      void reply.code(201).header('location', locationOf(view)).header('etag', etagOf(rule));
      return view;
    },
  );
  app.get(
    url,
    {
      config: reading,
      schema: {
        ...{ tags, summary: `All of the tenant's, oldest first`, querystring: input.pageQuery },
        response: { 200: routes.page, ...refusals, 400: problem },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const after = cursor === undefined ? '' : decodeCursor(cursor, z.string());
      const found = await store.list(principalOf(request).storeId, after, limit + 1);
      const shown = found.slice(0, limit);
      const nextCursor = found.length > limit ? encodeCursor(shown.at(-1)?.id) : null;
      return { items: shown.map(viewOf), nextCursor };
    },
  );
  app.get(
    `${url}/:id`,
    {
      config: reading,
      schema: {
        ...{ tags, summary: `Show ${one}`, params },
        response: { 200: shown, ...refusals, 404: problem },
      },
    },
    async (request, reply) => {
      const rule = await store.find(principalOf(request).storeId, request.params.id);
      void reply.header('etag', etagOf(rule));
      return viewOf(rule);
    },
  );
  app.patch(
    `${url}/:id`,
    {
      config: writing,
      preValidation: (request, _reply, done) => done(tooComplex(request.body)),
      schema: {
        ...{ tags, summary: `Change ${one}`, params, body: routes.patchBody },
        response: {
          ...{ 200: shown, ...refusals, 400: problem, 404: problem },
          ...{ 409: problem, 422: problem },
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request, principalOf(request).storeId);
      const change = (terms: Terms): Terms => routes.changed(terms, request.body as Patch);
      const rule = await store.change(request.params.id, change, expectedVersionOf(request), context);
      void reply.header('etag', etagOf(rule));
      return viewOf(rule);
    },
  );
  app.delete(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        ...{ tags, summary: `Remove ${one}; orders keep what it gave them`, params },
        body: versionBody,
        response: {
          204: z.null().meta({ description: 'it is gone' }),
          ...{ ...refusals, 404: problem, 409: problem },
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request, principalOf(request).storeId);
      await store.remove(request.params.id, expectedVersionOf(request), context);
      return reply.code(204).send(null);
    },
  );
}
