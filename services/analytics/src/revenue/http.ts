import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { Freshness } from '#freshness.ts';
import { currencyQuery, pageQuery, rangeOf, rangeQuery, reading, windowQuery } from '#input.ts';
import type { WindowSize } from '#windows/window.ts';
import { readRevenue } from './query.ts';
import { dailyRevenuePage, figuresOf, revenuePage, windowOf } from './view.ts';

const filters = pageQuery.extend(rangeQuery.shape).extend({ currency: currencyQuery.optional() });
const place = z.tuple([z.int().nonnegative(), z.string()]);
const refusals = { 400: problem, 401: problem, 403: problem };
const tags = ['revenue'];

export function registerRevenue(app: HttpApp, db: Database, freshness: Freshness): void {
  async function page(storeId: string, size: WindowSize, query: z.infer<typeof filters>) {
    const { limit, cursor, currency } = query;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, place);
    const range = rangeOf(query, size);
    const found = await readRevenue(db, storeId, { ...range, size, currency, after, limit: limit + 1 });
    const rows = found.rows.slice(0, limit);
    const last = rows.at(-1);
    const more = found.rows.length > limit && last !== undefined;
    return {
      rows,
      nextCursor: more ? encodeCursor([last.start.getTime(), last.currency]) : null,
      ...freshness.of(found.now),
    };
  }

  app.get(
    '/api/v1/analytics/revenue',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Revenue by windows of time, newest first',
        description: `A window is of the time in which something occurred. What goes back to customers lowers the window of its
own time, once. Windows in which nothing happened are left out. What comes late corrects its window.`,
        querystring: filters.extend({ window: windowQuery.default('1h') }),
        response: { 200: revenuePage, ...refusals },
      },
    },
    async (request) => {
      const size = request.query.window;
      const { rows, ...rest } = await page(principalOf(request).storeId, size, request.query);
      const items = rows.map((row) => ({
        ...windowOf(row, size),
        ...figuresOf(row, size, freshness.watermark, freshness.latenessMs),
      }));
      return { items, ...rest };
    },
  );

  app.get(
    '/api/v1/analytics/revenue/daily',
    {
      config: reading,
      schema: {
        ...{ tags, summary: 'Revenue by days of UTC, newest first', querystring: filters },
        response: { 200: dailyRevenuePage, ...refusals },
      },
    },
    async (request) => {
      const { rows, ...rest } = await page(principalOf(request).storeId, '1d', request.query);
      const items = rows.map((row) => ({
        date: row.start.toISOString().slice(0, 10),
        ...figuresOf(row, '1d', freshness.watermark, freshness.latenessMs),
      }));
      return { items, ...rest };
    },
  );
}
