import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import { addUser, changeUser, findUser, listUsers, removeUser } from './store.ts';
import { newUser, shownUser, user, userChange } from './user.ts';
import { note } from '#audit-log/append.ts';
import { afterOf, page, pageOf, pageQuery } from '#cursor.ts';
import { recorded } from '#recorded.ts';
import { checkGrant } from '#roles/rights.ts';
import { etag } from '#versions.ts';

const params = z.object({ userId: z.string().max(100) });
const reading = { access: ['ADMIN'], permission: 'users:read' } as const;
const writing = { access: ['ADMIN'], permission: 'users:write' } as const;

const locationOf = (created: { userId: string }): string => `/api/v1/users/${created.userId}`;

/** People of a store, kept by its administrators. */
export function registerUsers(app: HttpApp, db: Database): void {
  app.post(
    '/api/v1/users',
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        tags: ['users'],
        summary: 'Add a user',
        body: newUser,
        response: { 201: user },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const created = await db.transaction(principal.storeId, async (tx) => {
        await checkGrant(tx, principal, request.body.roles);
        const answer = shownUser(await addUser(tx, request.body));
        await recorded(tx, request, 201, answer);
        await note(tx, {
          ...{ actor: principal.sub, action: 'user.created', resource: `user:${answer.userId}` },
          details: { roles: answer.roles },
        });
        return answer;
      });
      void reply.header('location', locationOf(created)).header('etag', etag(created.version));
      return reply.code(201).send(created);
    },
  );
  app.get(
    '/api/v1/users',
    {
      config: reading,
      schema: {
        tags: ['users'],
        summary: 'List users',
        querystring: pageQuery,
        response: { 200: pageOf(user) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await db.transaction(principalOf(request).storeId, (tx) =>
        listUsers(tx, afterOf(cursor), limit + 1),
      );
      return page(rows.map(shownUser), limit, (row) => row.userId);
    },
  );
  app.get(
    '/api/v1/users/:userId',
    {
      config: reading,
      schema: { tags: ['users'], summary: 'One user', params, response: { 200: user } },
    },
    async (request, reply) => {
      const row = await db.transaction(principalOf(request).storeId, (tx) =>
        findUser(tx, request.params.userId),
      );
      return reply.header('etag', etag(row.version)).send(shownUser(row));
    },
  );
  app.patch(
    '/api/v1/users/:userId',
    {
      config: writing,
      schema: {
        tags: ['users'],
        summary: 'Change a user',
        params,
        body: userChange,
        response: { 200: user, 409: problem },
      },
    },
    async (request, reply) => {
      const expected = expectedVersionOf(request);
      const principal = principalOf(request);
      const { roles } = request.body;
      const row = await db.transaction(principal.storeId, async (tx) => {
        if (roles) await checkGrant(tx, principal, roles);
        const changed = await changeUser(tx, request.params.userId, request.body, expected);
        await note(tx, {
          ...{ actor: principal.sub, action: 'user.changed', resource: `user:${changed.userId}` },
          details: {
            changed: Object.keys(request.body).sort(),
            roles: changed.roles,
            status: changed.status,
          },
        });
        return changed;
      });
      return reply.header('etag', etag(row.version)).send(shownUser(row));
    },
  );
  app.delete(
    '/api/v1/users/:userId',
    {
      config: writing,
      schema: {
        tags: ['users'],
        summary: 'Remove a user',
        params,
        body: versionBody,
        response: { 204: z.null(), 409: problem },
      },
    },
    async (request, reply) => {
      const expected = expectedVersionOf(request);
      const { sub, storeId } = principalOf(request);
      const { userId } = request.params;
      await db.transaction(storeId, async (tx) => {
        await removeUser(tx, userId, expected);
        await note(tx, { actor: sub, action: 'user.removed', resource: `user:${userId}` });
      });
      return reply.code(204).send(null);
    },
  );
}
