import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { mustBeFresh } from '@tradewind/service/fresh-reads.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import * as input from '#product/input.ts';
import { productSummary } from '#projections/product-summary.ts';
import { sortings } from './query.ts';
import type { PageReader } from './read-pages.ts';
import { exampleSummary, summaryBody } from '#product/summary.ts';

const amount = z.string().regex(/^\d{1,15}(\.\d{1,4})?$/, 'a decimal such as 12.50');

const querystring = input.storeQuery.extend({
  limit: input.limit,
  cursor: input.cursor,
  sort: z
    .enum(sortings)
    .default('-createdAt')
    .meta({ description: 'a leading minus turns the order around' }),
  status: z.enum(['ACTIVE', 'ARCHIVED']).default('ACTIVE'),
  categoryId: z.string().min(1).max(100).optional(),
  currency: input.currency.optional(),
  minPrice: amount.optional(),
  maxPrice: amount.optional(),
});

const page = z
  .object({ items: z.array(summaryBody), nextCursor: z.string().nullable() })
  .meta({ id: 'ProductPage', example: { items: [exampleSummary], nextCursor: null } });

export function registerListProducts(app: HttpApp, read: PageReader): void {
  app.get(
    '/api/v1/products',
    {
      config: { access: 'public', reads: productSummary },
      schema: {
        tags: ['products'],
        summary: 'Products, newest first; archived ones only where asked for',
        querystring,
        response: { 200: page, 400: problem },
      },
    },
    (request, reply) => {
      const storeId = storeOf(request);
      const { store: _, ...query } = request.query;
      const page = read(storeId, query, { fresh: mustBeFresh(request) });
      if (page instanceof Promise)
        page.then(
          (body) => send(reply, body),
          (error) => reply.send(error),
        );
      else send(reply, page);
    },
  );
}

function send(reply: FastifyReply, body: string): void {
  void reply.type('application/json; charset=utf-8').send(body);
}
