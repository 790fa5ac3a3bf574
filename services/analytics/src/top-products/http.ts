import { formatAmount } from '@tradewind/kernel/money.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { Freshness } from '#freshness.ts';
import { currencyQuery, freshness as freshFields, pageQuery, rangeOf, rangeQuery, reading } from '#input.ts';

const ranked = (by: string): string => `
  select w.product_id as "productId", w.currency, n.name, sum(w.qty)::bigint as qty, sum(w.amount_minor)::bigint as amount
  from window_products w left join product_names n on n.store_id = w.store_id and n.product_id = w.product_id
  where w.build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and w.store_id = $1 and ($2::timestamptz is null or w.day >= $2) and ($3::timestamptz is null or w.day < $3)
    and w.currency = $4
  group by w.product_id, w.currency, n.name order by ${by} desc, w.product_id limit $5 offset $6`;
const texts = { amount: ranked('amount'), qty: ranked('qty') } as const;

/** A ranking is read from its top; so far down nobody looks. */
const DEEPEST = 10_000;

const page = z
  .object({
    items: z.array(
      z.object({
        productId: z.string(),
        name: z.string().nullable().meta({ description: 'null where no event has told it' }),
        qty: z.int(),
        amount: z.string(),
        currency: z.string(),
      }),
    ),
    nextCursor: z.string().nullable(),
    ...freshFields,
  })
  .meta({
    id: 'TopProductPage',
    example: {
      items: [{ productId: 'P-1', name: 'Compass', qty: 3, amount: '38.85', currency: 'USD' }],
      ...{ nextCursor: null, asOf: '2026-11-20T12:01:31.000Z', watermark: '2026-11-20T12:01:30.500Z' },
    },
  });

export function registerTopProducts(app: HttpApp, db: Database, freshness: Freshness): void {
  app.get(
    '/api/v1/analytics/top-products',
    {
      config: reading,
      schema: {
        tags: ['top products'],
        summary: 'What sold best, by whole days of UTC',
        description: 'Of paid orders, less what was canceled, in one currency.',
        querystring: pageQuery.extend(rangeQuery.shape).extend({
          currency: currencyQuery.default('USD'),
          by: z.enum(['amount', 'qty']).default('amount'),
        }),
        response: { 200: page, 400: problem, 401: problem, 403: problem },
      },
    },
    (request) => {
      const { storeId } = principalOf(request);
      const { limit, cursor, currency, by } = request.query;
      const offset = cursor === undefined ? 0 : decodeCursor(cursor, z.int().positive().max(DEEPEST));
      const { from, to } = rangeOf(request.query, '1d');
      const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
      return db.transaction(storeId, async (tx) => {
        type Row = { productId: string; currency: string; name: string | null; qty: bigint; amount: bigint };
        const values = [storeId, time(from), time(to), currency, limit + 1, offset];
        const rows = await tx.query<Row>(texts[by], values);
        const more = rows.length > limit && offset + limit <= DEEPEST;
        return {
          items: rows.slice(0, limit).map((row) => ({
            ...row,
            qty: Number(row.qty),
            amount: formatAmount(row.amount, row.currency),
          })),
          nextCursor: more ? encodeCursor(offset + limit) : null,
          ...freshness.of(tx.now),
        };
      });
    },
  );
}
