import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf, storeOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import * as input from '#product/input.ts';
import { etagOf } from '#product/representation.ts';
import { recordReply } from '#reply-record.ts';
import {
  addCategory,
  type Category,
  changeCategory,
  findCategory,
  listCategories,
  removeCategory,
} from './query.ts';

const example = {
  categoryId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a35',
  parentId: null,
  name: 'Kitchen',
  version: 1,
  createdAt: '2026-01-15T09:30:00.000Z',
  updatedAt: '2026-01-15T09:30:00.000Z',
};
const category = z
  .object({
    categoryId: z.string(),
    parentId: z.string().nullable(),
    name: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Category', example });
const page = z
  .object({ items: z.array(category), nextCursor: z.string().nullable() })
  .meta({ id: 'CategoryPage', example: { items: [example], nextCursor: null } });
const newCategory = z
  .strictObject({ name: input.name, parentId: input.categoryId.optional() })
  .meta({ id: 'NewCategory', example: { name: 'Kitchen' } });
const patch = z
  .strictObject({
    name: input.name.optional(),
    parentId: input.categoryId.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'CategoryPatch', example: { name: 'Kitchen and table' } });

const bodyOf = (row: Category) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
const tags = ['categories'];
const url = '/api/v1/categories';
const writing = { access: ['MERCHANT', 'ADMIN'], permission: 'products:write' } as const;
const locationOf = ({ categoryId }: { categoryId: string }): string => `${url}/${categoryId}`;

export function registerCategories(app: HttpApp, db: Database): void {
  app.post(
    url,
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        tags,
        summary: 'Add a category',
        body: newCategory,
        response: { 201: category, 400: problem, 401: problem, 403: problem, 404: problem },
      },
    },
    async (request, reply) => {
      const { name, parentId = null } = request.body;
      const body = await db.transaction(principalOf(request).storeId, async (tx) => {
        const added = bodyOf(await addCategory(tx, { name, parentId }));
        await recordReply(tx, request, { status: 201, body: added });
        return added;
      });
      return reply.code(201).header('location', locationOf(body)).header('etag', etagOf(1)).send(body);
    },
  );
  app.get(
    url,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Categories, optionally those below one',
        querystring: input.storeQuery.extend({
          limit: input.limit,
          cursor: input.cursor,
          parentId: z.string().min(1).max(100).optional(),
        }),
        response: { 200: page, 400: problem },
      },
    },
    async (request) => {
      const { limit, cursor, parentId = null } = request.query;
      const after = cursor === undefined ? '' : decodeCursor(cursor, z.string());
      const rows = await db.transaction(storeOf(request), (tx) =>
        listCategories(tx, { after, parentId, limit: limit + 1 }),
      );
      const shown = rows.slice(0, limit);
      const last = shown.at(-1)?.categoryId ?? '';
      const nextCursor = rows.length > limit ? encodeCursor(last) : null;
      return { items: shown.map(bodyOf), nextCursor };
    },
  );
  app.get(
    `${url}/:id`,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'A category',
        params: input.idParams,
        querystring: input.storeQuery,
        response: { 200: category, 404: problem },
      },
    },
    async (request, reply) => {
      const found = await db.transaction(storeOf(request), (tx) => findCategory(tx, request.params.id));
      return reply.header('etag', etagOf(found.version)).send(bodyOf(found));
    },
  );
  app.patch(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        tags,
        summary: 'Rename or move a category',
        params: input.idParams,
        body: patch,
        response: {
          200: category,
          400: problem,
          401: problem,
          403: problem,
          404: problem,
          409: problem,
          422: problem,
        },
      },
    },
    async (request, reply) => {
      const expected = expectedVersionOf(request);
      const changed = await db.transaction(principalOf(request).storeId, (tx) =>
        changeCategory(tx, request.params.id, request.body, expected),
      );
      return reply.header('etag', etagOf(changed.version)).send(bodyOf(changed));
    },
  );
  app.delete(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        tags,
        summary: 'Remove a category that has none below it; its products stay',
        params: input.idParams,
        body: versionBody,
        response: { 204: z.null(), 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const expected = expectedVersionOf(request);
      await db.transaction(principalOf(request).storeId, (tx) =>
        removeCategory(tx, request.params.id, expected),
      );
      return reply.code(204).send(null);
    },
  );
}
