import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { Freshness } from '#freshness.ts';
import { freshness as freshFields, pageQuery, rangeOf, rangeQuery, reading, windowQuery } from '#input.ts';
import { percentilesOf } from '#windows/duration-buckets.ts';
import { PAID_AFTER } from '#windows/fold.ts';
import { lengthOf } from '#windows/window.ts';

const select = `
  with shown as (
    select start from window_counts
    where build = (select version from projections where name = 'revenue_windows' and state = 'live')
      and store_id = $1 and size = $2 and name = 'ORDER_PAID'
      and ($3::timestamptz is null or start >= $3) and ($4::timestamptz is null or start < $4)
      and ($5::timestamptz is null or start < $5)
    group by start order by start desc limit $6)
  select c.start, c.name, sum(c.count)::bigint as count
  from window_counts c join shown s on s.start = c.start
  where c.build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and c.store_id = $1 and c.size = $2 and c.name like '${PAID_AFTER}%'
  group by c.start, c.name order by c.start desc`;

const page = z
  .object({
    items: z.array(
      z.object({
        windowStart: z.iso.datetime(),
        windowEnd: z.iso.datetime(),
        orders: z.int(),
        p50Ms: z.int(),
        p95Ms: z.int(),
        p99Ms: z.int(),
      }),
    ),
    nextCursor: z.string().nullable(),
    ...freshFields,
  })
  .meta({
    id: 'OrderToPaidPage',
    example: {
      items: [
        {
          ...{ windowStart: '2026-11-20T12:00:00.000Z', windowEnd: '2026-11-20T13:00:00.000Z' },
          ...{ orders: 42, p50Ms: 30_444, p95Ms: 121_775, p99Ms: 344_437 },
        },
      ],
      ...{ nextCursor: null, asOf: '2026-11-20T13:00:31.000Z', watermark: '2026-11-20T13:00:30.500Z' },
    },
  });

export function registerOrderToPaid(app: HttpApp, db: Database, freshness: Freshness): void {
  app.get(
    '/api/v1/analytics/order-to-paid',
    {
      config: reading,
      schema: {
        tags: ['order to paid'],
        summary:
          'How long orders took from being placed to being paid, by windows of their payment, newest first',
        description: 'Percentiles are upper ends of buckets: never too low, at most a fifth too high.',
        querystring: pageQuery.extend(rangeQuery.shape).extend({ window: windowQuery.default('1h') }),
        response: { 200: page, 400: problem, 401: problem, 403: problem },
      },
    },
    (request) => {
      const { storeId } = principalOf(request);
      const { window: size, limit, cursor } = request.query;
      const before = cursor === undefined ? null : new Date(decodeCursor(cursor, z.int().nonnegative()));
      const { from, to } = rangeOf(request.query, size);
      const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
      return db.transaction(storeId, async (tx) => {
        type Row = { start: Date; name: string; count: bigint };
        const values = [storeId, size, time(from), time(to), before, limit + 1];
        const rows = await tx.query<Row>(select, values);
        const windows = [...Map.groupBy(rows, ({ start }) => start.getTime())];
        const items = windows.slice(0, limit).map(([start, buckets]) => {
          const counts = new Map(
            buckets.map(({ name, count }) => [Number(name.slice(PAID_AFTER.length)), Number(count)]),
          );
          const [p50Ms = 0, p95Ms = 0, p99Ms = 0] = percentilesOf(counts, [0.5, 0.95, 0.99]);
          return {
            windowStart: new Date(start).toISOString(),
            windowEnd: new Date(start + lengthOf(size)).toISOString(),
            orders: [...counts.values()].reduce((sum, count) => sum + count, 0),
            ...{ p50Ms, p95Ms, p99Ms },
          };
        });
        const last = windows[limit - 1]?.[0];
        const nextCursor = windows.length > limit && last !== undefined ? encodeCursor(last) : null;
        return { items, nextCursor, ...freshness.of(tx.now) };
      });
    },
  );
}
