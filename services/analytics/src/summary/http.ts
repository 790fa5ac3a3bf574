import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { analyticsError } from '#errors.ts';
import { day, pageQuery, reading } from '#input.ts';
import { findSummary, listSummaries } from './rows.ts';
import { summaryPage, summaryView, viewOf } from './view.ts';

const tags = ['sales summary'];
const refusals = { 400: problem, 401: problem, 403: problem };
const date = day.meta({ example: '2026-11-20', description: 'a day of UTC' });

/** Results of the batch job, which makes them of the star schema. */
export function registerSalesSummary(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/analytics/sales-summary',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Summaries of days, newest first, each in its last revision',
        querystring: pageQuery.extend({ from: date.optional(), to: date.optional() }),
        response: { 200: summaryPage, ...refusals },
      },
    },
    async (request) => {
      const { limit, cursor, from, to } = request.query;
      if (from !== undefined && to !== undefined && to < from) throw analyticsError('RANGE_INVALID');
      const before = cursor === undefined ? undefined : decodeCursor(cursor, z.iso.date());
      const { storeId } = principalOf(request);
      const rows = await listSummaries(db, storeId, { from, to, before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(last.day) : null;
      return { items: shown.map(viewOf), nextCursor };
    },
  );

  app.get(
    '/api/v1/analytics/sales-summary/:date',
    {
      config: reading,
      schema: {
        tags,
        summary: 'The summary of one day',
        description: `Ready within minutes after the day. Events that come later make a new revision; the ones before stay.`,
        params: z.object({ date }),
        querystring: z.object({ revision: z.coerce.number().int().min(1).max(1_000_000).optional() }),
        response: { 200: summaryView, ...refusals, 404: problem },
      },
    },
    async (request) => {
      const { storeId } = principalOf(request);
      const found = await findSummary(db, storeId, request.params.date, request.query.revision);
      if (!found) throw analyticsError('SUMMARY_NOT_FOUND');
      return viewOf(found);
    },
  );
}
