import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { unauthenticated } from '@tradewind/service/principal.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { z } from 'zod';
import { isApiToken, newSecret } from './secret.ts';
import { addApiToken, type ApiTokenRow, findApiToken, listApiTokens, revokeApiToken } from './store.ts';
import { note } from '#audit-log/append.ts';
import { afterOf, page, pageOf, pageQuery } from '#cursor.ts';
import { identityError } from '#errors.ts';
import { recorded } from '#recorded.ts';
import { checkGrant } from '#roles/rights.ts';
import { permission, rolesGiven } from '#roles/role.ts';
import { issuedToken } from '#tokens/http.ts';
import type { IssueToken } from '#tokens/issue.ts';

/** An exchanged token outlives a revocation at most this long. */
const EXCHANGED_SECONDS = 900;

const newApiToken = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    roles: rolesGiven,
    permissions: z.array(permission).max(100).default([]),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > Date.now(), {
    path: ['expiresAt'],
    message: 'lies in the past',
  })
  .meta({
    example: {
      ...{ name: 'ERP import', roles: ['MERCHANT'] },
      ...{ permissions: ['products:write', 'inventory:write'], expiresAt: '2030-01-01T00:00:00Z' },
    },
  });

const apiToken = z.object({
  apiTokenId: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  createdBy: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
const createdApiToken = apiToken.extend({
  secret: z
    .string()
    .optional()
    .meta({ description: 'Shown here and never again; a replayed reply has none' }),
});

const shown = (row: ApiTokenRow) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});

const tags = ['api-tokens'];

const locationOf = (created: { apiTokenId: string }): string => `/api/v1/api-tokens/${created.apiTokenId}`;

/** Long-lived secrets for machines, exchanged for short-lived tokens. */
export function registerApiTokens(app: HttpApp, db: Database, issue: IssueToken): void {
  app.post(
    '/api/v1/api-tokens',
    {
      config: { access: ['ADMIN'], permission: 'api-tokens:write', idempotency: 'accepted', locationOf },
      schema: {
        tags,
        summary: 'Make an API token',
        body: newApiToken,
        response: { 201: createdApiToken },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { sub, storeId } = principal;
      const { expiresAt, ...given } = request.body;
      const secret = newSecret();
      const created = await db.transaction(storeId, async (tx) => {
        await checkGrant(tx, principal, given.roles, given.permissions);
        const token = { ...given, createdBy: sub, expiresAt: expiresAt ? new Date(expiresAt) : null };
        const answer = shown(await addApiToken(tx, secret, token));
        // Without the secret: it is stored nowhere, not even for a repeat of this request.
        await recorded(tx, request, 201, answer);
        await note(tx, {
          ...{ actor: sub, action: 'api_token.created', resource: `api-token:${answer.apiTokenId}` },
          details: { roles: given.roles, permissions: given.permissions, expiresAt: answer.expiresAt },
        });
        return answer;
      });
      void reply.header('location', locationOf(created)).header('cache-control', 'no-store');
      return reply.code(201).send({ ...created, secret });
    },
  );
  app.get(
    '/api/v1/api-tokens',
    {
      config: { access: ['ADMIN'], permission: 'api-tokens:read' },
      schema: {
        tags,
        summary: 'List API tokens',
        querystring: pageQuery,
        response: { 200: pageOf(apiToken) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await db.transaction(principalOf(request).storeId, (tx) =>
        listApiTokens(tx, afterOf(cursor), limit + 1),
      );
      return page(rows.map(shown), limit, (row) => row.apiTokenId);
    },
  );
  app.delete(
    '/api/v1/api-tokens/:apiTokenId',
    {
      config: { access: ['ADMIN'], permission: 'api-tokens:write' },
      schema: {
        tags,
        summary: 'Revoke an API token',
        params: z.object({ apiTokenId: z.string().max(100) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { sub, storeId } = principalOf(request);
      const { apiTokenId } = request.params;
      await db.transaction(storeId, async (tx) => {
        await revokeApiToken(tx, apiTokenId);
        await note(tx, { actor: sub, action: 'api_token.revoked', resource: `api-token:${apiTokenId}` });
      });
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/v1/api-tokens/exchange',
    {
      config: { access: 'authenticated', permission: 'any' },
      schema: {
        tags,
        summary: 'Exchange the API token sent as bearer for a short-lived token',
        response: { 200: issuedToken, 403: problem },
      },
    },
    async (request, reply) => {
      const bearer = request.headers.authorization?.slice('Bearer '.length) ?? '';
      if (!isApiToken(bearer)) throw identityError('API_TOKEN_REQUIRED');
      const found = await findApiToken(db, bearer);
      if (!found) throw unauthenticated('the API token is unknown, revoked or expired');
      const { token, expiresAt } = await issue(principalOf(request), EXCHANGED_SECONDS, found.expiresAt);
      return reply.header('cache-control', 'no-store').send({ token, expiresAt: expiresAt.toISOString() });
    },
  );
}
