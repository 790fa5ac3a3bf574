import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { permissions, permissionsByRole } from '@tradewind/service/permissions.ts';
import { problem } from '@tradewind/service/problem.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { z } from 'zod';
import { checkPermissions } from './rights.ts';
import { newRole, role, roleChange, shownRole } from './role.ts';
import { addRole, changeRole, findRole, listRoles, removeRole } from './store.ts';
import { note } from '#audit-log/append.ts';
import { afterOf, page, pageOf, pageQuery } from '#cursor.ts';
import { identityError } from '#errors.ts';
import { recorded } from '#recorded.ts';
import { etag } from '#versions.ts';

const tags = ['roles'];
const params = z.object({ role: z.string().max(100) });
const reading = { access: ['ADMIN'], permission: 'roles:read' } as const;
const writing = { access: ['ADMIN'], permission: 'roles:write' } as const;

const locationOf = (created: { role: string }): string => `/api/v1/roles/${created.role}`;
const known = z.object({ permission: z.string(), description: z.string() });
const catalogue = Object.entries(permissions).map(([permission, description]) => ({
  permission,
  description,
}));

/** Roles of a store: the built-in ones, and those that its administrators made out of them. */
export function registerRoles(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/permissions',
    {
      config: reading,
      schema: {
        tags,
        summary: 'All permissions that roles and tokens can be limited to',
        querystring: wholeListQuery,
        response: { 200: wholeListOf(known) },
      },
    },
    async ({ query }) => cutList(catalogue, query),
  );
  app.post(
    '/api/v1/roles',
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        tags,
        summary: 'Make a role',
        body: newRole,
        response: { 201: role, 409: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const { body } = request;
      checkBase(body.base, body.permissions);
      checkPermissions(principal, body.permissions);
      const created = await db.transaction(principal.storeId, async (tx) => {
        const answer = shownRole(await addRole(tx, body));
        await recorded(tx, request, 201, answer);
        await note(tx, {
          ...{ actor: principal.sub, action: 'role.created', resource: `role:${body.role}` },
          details: { base: body.base, permissions: body.permissions },
        });
        return answer;
      });
      void reply.header('location', locationOf(created)).header('etag', etag(created.version));
      return reply.code(201).send(created);
    },
  );
  app.get(
    '/api/v1/roles',
    {
      config: reading,
      schema: { tags, summary: 'List roles', querystring: pageQuery, response: { 200: pageOf(role) } },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await db.transaction(principalOf(request).storeId, (tx) =>
        listRoles(tx, afterOf(cursor), limit + 1),
      );
      return page(rows.map(shownRole), limit, (row) => row.role);
    },
  );
  app.get(
    '/api/v1/roles/:role',
    { config: reading, schema: { tags, summary: 'One role', params, response: { 200: role } } },
    async (request, reply) => {
      const row = await db.transaction(principalOf(request).storeId, (tx) =>
        findRole(tx, request.params.role),
      );
      return reply.header('etag', etag(row.version)).send(shownRole(row));
    },
  );
  app.patch(
    '/api/v1/roles/:role',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Change a role; tokens follow within their life',
        params,
        body: roleChange,
        response: { 200: role, 409: problem, 422: problem },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const expected = expectedVersionOf(request);
      const { body } = request;
      checkPermissions(principal, body.permissions ?? []);
      const row = await db.transaction(principal.storeId, async (tx) => {
        const changed = await changeRole(tx, request.params.role, body, expected);
        if (changed.base) checkBase(changed.base, changed.permissions);
        await note(tx, {
          ...{ actor: principal.sub, action: 'role.changed', resource: `role:${changed.role}` },
          details: { permissions: changed.permissions },
        });
        return changed;
      });
      return reply.header('etag', etag(row.version)).send(shownRole(row));
    },
  );
  app.delete(
    '/api/v1/roles/:role',
    {
      config: writing,
      schema: {
        tags,
        summary: 'Remove a role that nobody has',
        params,
        body: versionBody,
        response: { 204: z.null(), 409: problem },
      },
    },
    async (request, reply) => {
      const { sub, storeId } = principalOf(request);
      const expected = expectedVersionOf(request);
      const name = request.params.role;
      await db.transaction(storeId, async (tx) => {
        await removeRole(tx, name, expected);
        await note(tx, { actor: sub, action: 'role.removed', resource: `role:${name}` });
      });
      return reply.code(204).send(null);
    },
  );
}

/** A role narrows its base: what the base may not do would be refused everywhere, and must not look granted. */
function checkBase(base: keyof typeof permissionsByRole, given: readonly string[]): void {
  const has = permissionsByRole[base] as readonly string[];
  const beyond = given.filter((one) => !has.includes(one));
  if (beyond.length > 0)
    throw identityError('BEYOND_BASE_ROLE', { message: `${base} does not have ${beyond.join(', ')}` });
}
