import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import { principalOf, storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { cutList, wholeListOf, wholeListQuery } from '@tradewind/service/whole-list.ts';
import { z } from 'zod';
import { productError } from '#errors.ts';
import * as input from '#product/input.ts';

const locale = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as de or pt-BR');
const example = {
  locale: 'de',
  name: 'Rote Tasse',
  description: null,
  updatedAt: '2026-01-15T09:30:00.000Z',
};
const translation = z
  .object({ locale, name: z.string(), description: z.string().nullable(), updatedAt: z.iso.datetime() })
  .meta({ id: 'Translation', example });
const translations = wholeListOf(translation).meta({
  id: 'Translations',
  example: { items: [example], nextCursor: null },
});
const body = z
  .strictObject({ name: input.name, description: input.description.optional() })
  .meta({ id: 'NewTranslation', example: { name: 'Rote Tasse' } });

interface Row {
  readonly locale: string;
  readonly name: string;
  readonly description: string | null;
  readonly updatedAt: Date;
}

const columns = 'locale, name, description, updated_at as "updatedAt"';
const upsert = `
  insert into product_translations (store_id, product_id, locale, name, description, updated_at)
  values ($1, $2, $3, $4, $5, now())
  on conflict (store_id, product_id, locale) do update
    set name = excluded.name, description = excluded.description, updated_at = excluded.updated_at
  returning ${columns}`;
const select = `select ${columns} from product_translations where store_id = $1 and product_id = $2 order by locale`;
const exists = `select 1 from products where store_id = $1 and product_id = $2`;

const bodyOf = (row: Row) => ({ ...row, updatedAt: row.updatedAt.toISOString() });
const url = '/api/v1/products/:id/translations';
const tags = ['translations'];

/** A product's name and description in other languages. */
export function registerTranslations(app: HttpApp, db: Database): void {
  app.get(
    url,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'The translations of a product',
        params: input.idParams,
        querystring: input.storeQuery.extend(wholeListQuery.shape),
        response: { 200: translations, 400: problem, 404: problem },
      },
    },
    async (request) => {
      const key = [storeOf(request), request.params.id];
      return db.transaction(storeOf(request), async (tx) => {
        const [found, rows] = await Promise.all([tx.query(exists, key), tx.query<Row>(select, key)]);
        if (found.length === 0) throw productError('PRODUCT_NOT_FOUND');
        return cutList(rows.map(bodyOf), request.query);
      });
    },
  );
  app.put(
    `${url}/:locale`,
    {
      config: { access: ['MERCHANT', 'ADMIN'], permission: 'products:write' },
      schema: {
        tags,
        summary: 'Set a translation',
        params: input.idParams.extend({ locale }),
        body,
        response: { 200: translation, 400: problem, 401: problem, 403: problem, 404: problem },
      },
    },
    async (request) => {
      const { storeId } = principalOf(request);
      const { name, description = null } = request.body;
      const values = [storeId, request.params.id, request.params.locale, name, description];
      try {
        const [row] = await db.transaction(storeId, (tx) => tx.query<Row>(upsert, values));
        return bodyOf(row as Row);
      } catch (error) {
        throw violatedConstraint(error)?.startsWith('product_translations')
          ? productError('PRODUCT_NOT_FOUND')
          : error;
      }
    },
  );
}
