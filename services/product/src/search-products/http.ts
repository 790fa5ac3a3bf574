import type { Database } from '@tradewind/postgres/database.ts';
import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import { exampleSummary, summaryBody } from '#product/summary.ts';
import { productSummary } from '#projections/product-summary.ts';
import * as input from '#product/input.ts';
import { searchProducts } from './query.ts';

const querystring = input.storeQuery.extend({
  q: z.string().trim().min(1).max(200),
  categoryId: z.string().min(1).max(100).optional(),
  limit: input.limit,
  cursor: input.cursor,
});

const found = z
  .object({
    items: z.array(summaryBody),
    total: z.int(),
    facets: z.object({
      categories: z.array(z.object({ categoryId: z.string().nullable(), count: z.int() })),
      inventory: z.array(z.object({ inventoryStatus: z.string(), count: z.int() })),
    }),
    nextCursor: z.string().nullable(),
  })
  .meta({
    id: 'SearchResult',
    example: {
      items: [exampleSummary],
      total: 1,
      facets: {
        categories: [{ categoryId: 'kitchen', count: 1 }],
        inventory: [{ inventoryStatus: 'IN_STOCK', count: 1 }],
      },
      nextCursor: null,
    },
  });

export function registerSearchProducts(app: HttpApp, db: Database): void {
  app.get(
    '/api/v1/products/search',
    {
      config: { access: 'public', reads: productSummary },
      schema: {
        tags: ['products'],
        summary: 'Full-text search that forgives typos, with facets',
        querystring,
        response: { 200: found, 400: problem },
      },
    },
    (request) => searchProducts(db, storeOf(request), request.query),
  );
}
