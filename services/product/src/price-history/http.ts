import { formatAmount } from '@tradewind/kernel/money.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { storeOf } from '@tradewind/service/access.ts';
import { asOf, endOfPast } from '@tradewind/service/as-of.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { productError } from '#errors.ts';
import * as input from '#product/input.ts';

const entry = z.object({
  price: z.string(),
  currency: z.string(),
  validFrom: z.iso.datetime(),
  validTo: z.iso.datetime().nullable(),
  isCurrent: z.boolean(),
});

const history = z.object({ items: z.array(entry), nextCursor: z.string().nullable() }).meta({
  id: 'PriceHistory',
  example: {
    items: [
      {
        price: '9.90',
        currency: 'USD',
        validFrom: '2026-02-01T00:00:00.000Z',
        validTo: null,
        isCurrent: true,
      },
      {
        price: '12.50',
        currency: 'USD',
        validFrom: '2026-01-15T09:30:00.000Z',
        validTo: '2026-02-01T00:00:00.000Z',
        isCurrent: false,
      },
    ],
    nextCursor: null,
  },
});

interface PriceRow {
  readonly version: number;
  readonly priceMinor: bigint;
  readonly currency: string;
  readonly validFrom: Date;
  readonly validTo: Date | null;
  readonly isCurrent: boolean;
}

// $5: the first moment that does not count; a price that was changed later held without an end then.
const select = `
  select version, price_minor as "priceMinor", currency, valid_from as "validFrom",
    case when valid_to < $5 then valid_to end as "validTo", (valid_to is null or valid_to >= $5) as "isCurrent"
  from product_price_history
  where store_id = $1 and product_id = $2 and version < $3 and valid_from < $5 order by version desc limit $4`;

/** The version of the last price shown. */
const place = z.int().positive();
const NEWEST = 2_147_483_647;
const NO_END = 'infinity';

export function registerPriceHistory(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/products/:id/price-history',
    {
      config: { access: 'public' },
      schema: {
        tags: ['prices'],
        summary: 'Every price that the product had, now or until a time, the newest first',
        params: input.idParams,
        querystring: input.storeQuery.extend({ limit: input.limit, cursor: input.cursor, asOf }),
        response: { 200: history, 400: problem, 404: problem },
      },
    },
    async (request) => {
      const storeId = storeOf(request);
      const { limit, cursor, asOf: time } = request.query;
      const end = time === undefined ? NO_END : endOfPast(time);
      const before = cursor === undefined ? NEWEST : decodeCursor(cursor, place);
      const values = [storeId, request.params.id, before, limit + 1, end];
      const rows = await db.transaction(storeId, (tx) => tx.query<PriceRow>(select, values));
      // Every product has a price from its creation on, so a first page without one is a product that is (or was) not there.
      if (rows.length === 0 && cursor === undefined) throw productError('PRODUCT_NOT_FOUND');
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        items: page.map((row) => ({
          price: formatAmount(row.priceMinor, row.currency),
          currency: row.currency,
          validFrom: row.validFrom.toISOString(),
          validTo: row.validTo?.toISOString() ?? null,
          isCurrent: row.isCurrent,
        })),
        nextCursor: more ? encodeCursor(last.version) : null,
      };
    },
  );
}
