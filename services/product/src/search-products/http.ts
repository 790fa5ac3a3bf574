import { storeOf } from '@tradewind/service/access.ts';
import { mustBeFresh } from '@tradewind/service/fresh-reads.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { exampleSummary, summaryBody } from '#product/summary.ts';
import { productSearchIndex } from '#projections/product-search-index.ts';
import { heardOf, searchOf, searchQuery, suggestQuery } from './input.ts';
import type { Answered, ProductSearch } from './search.ts';

const facets = z.object({
  categories: z.array(z.object({ categoryId: z.string().nullable(), count: z.int() })),
  inventory: z.array(z.object({ inventoryStatus: z.string(), count: z.int() })),
  prices: z
    .array(
      z.object({
        currency: z.string(),
        from: z.string(),
        to: z.string().nullable().meta({ description: 'not in the range; null where it has no end' }),
        count: z.int(),
      }),
    )
    .meta({ description: 'ranges that have products' }),
  attributes: z
    .array(
      z.object({
        name: z.string(),
        values: z.array(z.object({ value: z.string(), count: z.int() })),
      }),
    )
    .meta({ description: 'the most frequent ones' }),
});

const found = z
  .object({
    items: z.array(summaryBody),
    total: z.int(),
    facets: facets.meta({
      description: 'counted over all that is found, each as if its own filter were not set',
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
        prices: [{ currency: 'USD', from: '10.00', to: '25.00', count: 1 }],
        attributes: [{ name: 'color', values: [{ value: 'red', count: 1 }] }],
      },
      nextCursor: null,
    },
  });

const suggestions = z.object({ items: z.array(z.object({ text: z.string(), productId: z.string() })) }).meta({
  id: 'SearchSuggestions',
  example: { items: [{ text: 'Red mug', productId: exampleSummary.productId }] },
});

const headers =
  '`Search-Store` says who answered; `Search-Degraded: true` that the index is away and the product list did.';

export function registerSearchProducts(app: HttpApp, products: ProductSearch): void {
  const url = '/api/v1/products/search';
  const common = { tags: ['products'], description: headers };
  app.get(
    url,
    {
      config: { access: 'public', reads: productSearchIndex },
      schema: {
        ...common,
        summary: 'Full-text search that forgives typos, with facets',
        querystring: searchQuery,
        response: { 200: found, 400: problem, 503: problem },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const wish = { fresh: mustBeFresh(request) };
      return told(reply, await products.search(storeOf(request), searchOf(query), query.cursor, wish));
    },
  );
  app.get(
    `${url}/suggest`,
    {
      config: { access: 'public' },
      schema: {
        ...common,
        summary: 'Names of products that begin with a text, or have words that do',
        querystring: suggestQuery,
        response: { 200: suggestions, 400: problem, 503: problem },
      },
    },
    async (request, reply) => {
      const { q, limit } = request.query;
      return told(reply, await products.suggest(storeOf(request), heardOf(q), limit));
    },
  );
}

function told<Body>(
  reply: FastifyReply,
  { store, degraded, body }: Answered & { readonly body: Body },
): Body {
  void reply.header('search-store', store);
  if (degraded) void reply.header('search-degraded', 'true');
  return body;
}
