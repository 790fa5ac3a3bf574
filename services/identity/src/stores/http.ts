import { principalOf, storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { z } from 'zod';
import { note } from '#audit-log/append.ts';
import { afterOf, page, pageOf, pageQuery } from '#cursor.ts';
import { identityError } from '#errors.ts';
import { recorded } from '#recorded.ts';
import { keepBuiltInRoles } from '#roles/catalogue.ts';
import { etag } from '#versions.ts';

const storeId = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,62}$/, 'capitals, digits and hyphens');
const newStore = z
  .strictObject({
    storeId,
    name: z.string().trim().min(1).max(200),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('USD'),
  })
  .meta({ example: { storeId: 'STORE-3', name: 'Store 3', currency: 'USD' } });
const store = z
  .object({
    storeId: z.string(),
    name: z.string(),
    currency: z.string(),
    version: z.int(),
    createdAt: z.string(),
  })
  .meta({
    example: {
      storeId: 'STORE-3',
      name: 'Store 3',
      currency: 'USD',
      version: 1,
      createdAt: '2030-01-01T12:00:00.000Z',
    },
  });

interface Row {
  readonly storeId: string;
  readonly name: string;
  readonly currency: string;
  readonly version: number;
  readonly createdAt: Date;
}

const columns = `store_id as "storeId", name, currency, version, created_at as "createdAt"`;
const shown = (row: Row) => ({ ...row, createdAt: row.createdAt.toISOString() });

const locationOf = (created: { storeId: string }): string => `/api/v1/stores/${created.storeId}`;

/** Tenants. Who is in one sees that one: row-level security hides the others, also from administrators. */
export function registerStores(app: HttpApp, db: Database): void {
  app.post(
    '/api/v1/stores',
    {
      config: { access: ['ADMIN'], permission: 'stores:write', idempotency: 'accepted', locationOf },
      schema: {
        tags: ['stores'],
        summary: 'Add a tenant',
        body: newStore,
        response: { 201: store },
      },
    },
    async (request, reply) => {
      const { body } = request;
      // The row belongs to the new tenant, so it is written as that tenant.
      const created = await db
        .transaction(body.storeId, async (tx) => {
          const [row] = await tx.query<Row>(
            `insert into stores (store_id, name, currency) values ($1, $2, $3) returning ${columns}`,
            [body.storeId, body.name, body.currency],
          );
          await keepBuiltInRoles(tx);
          const answer = shown(row as Row);
          await recorded(tx, request, 201, answer);
          // Whoever adds a tenant answers for it in their own.
          const { sub, storeId: home } = principalOf(request);
          await tx.actFor(home);
          await note(tx, { actor: sub, action: 'store.created', resource: `store:${body.storeId}` });
          return answer;
        })
        .catch((error: unknown) => {
          throw violatedConstraint(error) === 'stores_pkey' ? identityError('STORE_EXISTS') : error;
        });
      return reply
        .code(201)
        .header('location', locationOf(created))
        .header('etag', etag(created.version))
        .send(created);
    },
  );
  app.get(
    '/api/v1/stores',
    {
      config: { access: ['ADMIN', 'SERVICE'], permission: 'stores:read' },
      schema: {
        tags: ['stores'],
        summary: 'The stores one may see',
        querystring: pageQuery,
        response: { 200: pageOf(store) },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query;
      const rows = await db.transaction(storeOf(request), (tx) =>
        tx.query<Row>(`select ${columns} from stores where store_id > $1 order by store_id limit $2`, [
          afterOf(cursor),
          limit + 1,
        ]),
      );
      return page(rows.map(shown), limit, (row) => row.storeId);
    },
  );
  app.get(
    '/api/v1/stores/:storeId',
    {
      config: { access: ['ADMIN', 'SERVICE'], permission: 'stores:read' },
      schema: {
        tags: ['stores'],
        summary: 'One store',
        params: z.object({ storeId: z.string() }),
        response: { 200: store },
      },
    },
    async (request, reply) => {
      const [row] = await db.transaction(storeOf(request), (tx) =>
        tx.query<Row>(`select ${columns} from stores where store_id = $1`, [request.params.storeId]),
      );
      if (!row) throw identityError('STORE_NOT_FOUND');
      return reply.header('etag', etag(row.version)).send(shown(row));
    },
  );
}
