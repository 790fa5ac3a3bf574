import type { Database } from '@tradewind/postgres/database.ts';
import { principalOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import type { Freshness } from '#freshness.ts';
import { freshness as freshFields, rangeOf, rangeQuery, reading, windowQuery } from '#input.ts';
import { stages } from '#windows/fact.ts';
import { DAY_MS, startOf } from '#windows/window.ts';

const select = `
  select name, sum(count)::bigint as count from window_counts
  where build = (select version from projections where name = 'revenue_windows' and state = 'live')
    and store_id = $1 and size = $2 and start >= $3 and start < $4 and name = any($5)
  group by name`;

const funnel = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    stages: z.array(
      z.object({
        stage: z.enum(stages),
        count: z.int(),
        ofCreated: z.number().nullable().meta({
          description: 'how many to each order placed in the same time; null where none was',
        }),
      }),
    ),
    ...freshFields,
  })
  .meta({
    id: 'Funnel',
    example: {
      ...{ from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z' },
      stages: [
        { stage: 'CART_CHECKED_OUT', count: 80, ofCreated: 0.8 },
        { stage: 'ORDER_CREATED', count: 100, ofCreated: 1 },
        { stage: 'ORDER_PAID', count: 75, ofCreated: 0.75 },
        { stage: 'ORDER_FULFILLED', count: 60, ofCreated: 0.6 },
        { stage: 'CART_ABANDONED', count: 40, ofCreated: 0.4 },
        { stage: 'ORDER_CANCELED', count: 5, ofCreated: 0.05 },
        { stage: 'ORDER_EXPIRED', count: 10, ofCreated: 0.1 },
      ],
      ...{ asOf: '2026-11-21T00:00:31.000Z', watermark: '2026-11-21T00:00:30.500Z' },
    },
  });

export function registerFunnel(app: HttpApp, db: Database, freshness: Freshness): void {
  app.get(
    '/api/v1/analytics/funnel',
    {
      config: reading,
      schema: {
        tags: ['funnel'],
        summary: 'How many carts and orders came how far',
        description: `Counted by when each step occurred, in whole windows. Today (UTC) unless \`from\` and \`to\` say otherwise.`,
        querystring: rangeQuery.extend({ window: windowQuery.default('1h') }),
        response: { 200: funnel, 400: problem, 401: problem, 403: problem },
      },
    },
    (request) => {
      const { storeId } = principalOf(request);
      const size = request.query.window;
      const asked = rangeOf(request.query, size);
      return db.transaction(storeId, async (tx) => {
        const to = asked.to ?? Math.max(startOf('1d', tx.now.getTime()) + DAY_MS, asked.from ?? 0);
        const from = asked.from ?? startOf('1d', to - 1);
        const values = [storeId, size, new Date(from), new Date(to), stages];
        const rows = await tx.query<{ name: string; count: bigint }>(select, values);
        const counts = new Map(rows.map(({ name, count }) => [name, Number(count)]));
        const created = counts.get('ORDER_CREATED') ?? 0;
        return {
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          stages: stages.map((stage) => {
            const count = counts.get(stage) ?? 0;
            const ofCreated = created === 0 ? null : Math.round((count / created) * 10_000) / 10_000;
            return { stage, count, ofCreated };
          }),
          ...freshness.of(tx.now),
        };
      });
    },
  );
}
