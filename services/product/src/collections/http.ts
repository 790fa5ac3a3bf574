import { newId } from '@tradewind/kernel/ids.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf, storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { checkVersion } from '#categories/query.ts';
import { productError } from '#errors.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import * as input from '#product/input.ts';
import { etagOf } from '#product/representation.ts';
import { recordReply } from '#reply-record.ts';

const productIds = z.array(z.string().min(1).max(100)).max(500);
const fields = { name: input.name, productIds: productIds.default([]) };
const example = { name: 'Spring', productIds: ['019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a34'] };
const collection = z
  .object({
    collectionId: z.string(),
    name: z.string(),
    productIds,
    version: z.int(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: 'Collection',
    example: {
      collectionId: '019f0c1e-7a70-7c3e-8f1e-0d9b6c1f2a36',
      ...example,
      version: 1,
      updatedAt: '2026-01-15T09:30:00.000Z',
    },
  });
const newCollection = z.strictObject(fields).meta({ id: 'NewCollection', example });
const replacement = z
  .strictObject({ ...fields, expectedVersion: input.expectedVersion })
  .meta({ id: 'CollectionReplacement', example });

interface Row {
  readonly collectionId: string;
  readonly name: string;
  readonly productIds: readonly string[];
  readonly version: number;
  readonly updatedAt: Date;
}

const columns = `collection_id as "collectionId", name, product_ids as "productIds", version, updated_at as "updatedAt"`;
const insert = `
  insert into collections (store_id, collection_id, name, product_ids, version, created_at, updated_at)
  values ($1, $2, $3, $4, 1, now(), now()) returning ${columns}`;
const select = `select ${columns} from collections where store_id = $1 and collection_id = $2`;
const replace = `
  update collections set name = $3, product_ids = $4, version = version + 1, updated_at = now()
  where store_id = $1 and collection_id = $2 returning ${columns}`;

const bodyOf = (row: Row) => ({
  ...row,
  productIds: [...row.productIds],
  updatedAt: row.updatedAt.toISOString(),
});
const one = (rows: readonly Row[]): Row => {
  if (!rows[0]) throw productError('COLLECTION_NOT_FOUND');
  return rows[0];
};
const tags = ['collections'];
const url = '/api/v1/collections';
const writing = { access: ['MERCHANT', 'ADMIN'], permission: 'products:write' } as const;
const locationOf = ({ collectionId }: { collectionId: string }): string => `${url}/${collectionId}`;

/** Products picked by hand under a name. */
export function registerCollections(app: HttpApp, db: Database): void {
  app.post(
    url,
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        tags,
        summary: 'Add a collection',
        body: newCollection,
        response: { 201: collection, 400: problem, 401: problem, 403: problem },
      },
    },
    async (request, reply) => {
      const { name, productIds: ids } = request.body;
      const body = await db.transaction(principalOf(request).storeId, async (tx) => {
        const added = bodyOf(one(await tx.query<Row>(insert, [tx.storeId, newId(), name, ids])));
        await recordReply(tx, request, { status: 201, body: added });
        return added;
      });
      return reply.code(201).header('location', locationOf(body)).header('etag', etagOf(1)).send(body);
    },
  );
  app.get(
    `${url}/:id`,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'A collection',
        params: input.idParams,
        querystring: input.storeQuery,
        response: { 200: collection, 404: problem },
      },
    },
    async (request, reply) => {
      const found = await db.transaction(storeOf(request), async (tx) =>
        one(await tx.query<Row>(select, [tx.storeId, request.params.id])),
      );
      return reply.header('etag', etagOf(found.version)).send(bodyOf(found));
    },
  );
  app.put(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        tags,
        summary: 'Replace a collection',
        params: input.idParams,
        body: replacement,
        response: { 200: collection, 400: problem, 401: problem, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      const expected = expectedVersionOf(request);
      const { name, productIds: ids } = request.body;
      const changed = await db.transaction(principalOf(request).storeId, async (tx) => {
        const key = [tx.storeId, request.params.id];
        checkVersion(one(await tx.query<Row>(`${select} for update`, key)), expected);
        return one(await tx.query<Row>(replace, [...key, name, ids]));
      });
      return reply.header('etag', etagOf(changed.version)).send(bodyOf(changed));
    },
  );
}
