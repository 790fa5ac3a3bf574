import { principalOf, storeOf } from '@tradewind/service/access.ts';
import { decodeCursor, encodeCursor } from '@tradewind/service/cursor.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { replying } from '@tradewind/service/idempotency.ts';
import { expectedVersionOf } from '@tradewind/service/if-match.ts';
import { problem } from '@tradewind/service/problem.ts';
import { contextOf } from '@tradewind/service/request-context.ts';
import { versionBody } from '@tradewind/service/strict-bodies.ts';
import { z } from 'zod';
import * as input from '#input.ts';
import { invalidRule } from '#invalid-rule.ts';
import { patiently } from '#resolve-prices/patiently.ts';
import type { Sale } from './decide.ts';
import type { FlashSales } from './store.ts';
import { checkTerms, priceIn, saleFields } from './terms.ts';
import { salePage, saleStatus, saleView, viewOf } from './view.ts';

const { name, productIds, discountPercent, price, currency, startsAt, endsAt } = saleFields;
const newSale = z
  .strictObject({
    name: name.optional(),
    productIds,
    discountPercent: discountPercent.optional(),
    price: price.optional(),
    currency: currency.optional().meta({ description: 'of price; USD unless said' }),
    startsAt: startsAt.optional().meta({ description: 'now, unless said' }),
    endsAt,
  })
  .meta({
    id: 'NewFlashSale',
    example: {
      ...{ name: 'Friday', productIds: ['01a1fca3-c02b-7d83-8f26-c90ea3a53227'], discountPercent: 25 },
      ...{ startsAt: '2026-11-27T08:00:00.000Z', endsAt: '2026-11-27T23:00:00.000Z' },
    },
  });
const patch = z
  .strictObject({
    name: name.optional(),
    productIds: productIds.optional(),
    discountPercent: discountPercent.optional(),
    price: price.optional(),
    currency: currency.optional(),
    startsAt: startsAt.optional(),
    endsAt: endsAt.optional(),
    expectedVersion: input.expectedVersion,
  })
  .meta({ id: 'FlashSalePatch', example: { discountPercent: 30 } });

const tags = ['flash sales'];
const writing = { access: ['ADMIN'], permission: 'pricing:write' } as const;
const url = '/api/v1/flash-sales';
const locationOf = ({ saleId }: { saleId: string }): string => `${url}/${saleId}`;
const etagOf = ({ version }: Sale): string => `"${version}"`;
/** Flash sales: an administrator's, as they override prices. */
export function registerFlashSales(app: HttpApp, sales: FlashSales): void {
  const refusals = { 400: problem, 401: problem, 403: problem, 422: problem };

  app.post(
    url,
    {
      config: { ...writing, idempotency: 'accepted', locationOf },
      schema: {
        tags,
        summary: 'Announce a flash sale; it begins and ends by itself',
        body: newSale,
        response: { 201: saleView, ...refusals },
      },
    },
    async (request, reply) => {
      const given = request.body;
      const now = new Date();
      const flashPrice = priceIn(given, input.DEFAULT_CURRENCY);
      if (!flashPrice) throw invalidRule([{ path: 'discountPercent', message: 'or a price: one is needed' }]);
      const terms = checkTerms(
        {
          name: given.name ?? null,
          productIds: given.productIds,
          price: flashPrice,
          startsAt: given.startsAt === undefined ? now : new Date(given.startsAt),
          endsAt: new Date(given.endsAt),
        },
        now,
      );
      const context = contextOf(request, principalOf(request).storeId);
      const answer = replying(request, (sale: Sale) => ({ status: 201, body: JSON.stringify(viewOf(sale)) }));
      const sale = await patiently(() => sales.create(terms, context, answer));
      return reply
        .code(201)
        .header('location', locationOf(sale))
        .header('etag', etagOf(sale))
        .send(viewOf(sale));
    },
  );
  app.get(
    url,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Flash sales, newest first',
        querystring: input.storeQuery.extend(input.pageQuery.shape).extend({
          status: saleStatus
            .optional()
            .meta({ description: 'SCHEDULED: announced; ACTIVE: prices hold. All of them unless said' }),
        }),
        response: { 200: salePage, 400: problem },
      },
    },
    async (request) => {
      const { limit, cursor, status } = request.query;
      const before = cursor === undefined ? '~' : decodeCursor(cursor, z.string());
      const found = await sales.list(storeOf(request), { before, status, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const nextCursor = found.length > limit ? encodeCursor(shown.at(-1)?.saleId) : null;
      return { items: shown.map(viewOf), nextCursor };
    },
  );
  app.get(
    `${url}/:id`,
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'A flash sale',
        params: input.idParams,
        querystring: input.storeQuery,
        response: { 200: saleView, 404: problem },
      },
    },
    async (request, reply) => {
      const sale = await sales.find(storeOf(request), request.params.id);
      return reply.header('etag', etagOf(sale)).send(viewOf(sale));
    },
  );
  app.patch(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        tags,
        summary: 'Change a flash sale that is not over, its prices at once where it runs; tried once',
        params: input.idParams,
        body: patch,
        response: { 200: saleView, ...refusals, 404: problem, 409: problem, 503: problem },
      },
    },
    async (request, reply) => {
      const { startsAt: from, endsAt: to, ...given } = request.body;
      const now = new Date();
      const terms = (sale: Sale) => {
        const known = 'currency' in sale.price ? sale.price.currency : input.DEFAULT_CURRENCY;
        return checkTerms(
          {
            name: given.name === undefined ? sale.name : given.name,
            productIds: given.productIds ?? sale.productIds,
            price: priceIn(given, known) ?? sale.price,
            startsAt: from === undefined ? sale.startsAt : new Date(from),
            endsAt: to === undefined ? sale.endsAt : new Date(to),
          },
          // Whether it is over already is the sale's own affair.
          to === undefined ? new Date(0) : now,
        );
      };
      const context = contextOf(request, principalOf(request).storeId);
      const sale = await sales.change(request.params.id, terms, expectedVersionOf(request), context);
      return reply.header('etag', etagOf(sale)).send(viewOf(sale));
    },
  );
  app.delete(
    `${url}/:id`,
    {
      config: writing,
      schema: {
        tags,
        summary: 'End a flash sale now',
        params: input.idParams,
        body: versionBody,
        response: {
          204: z.null().meta({ description: 'it is over' }),
          401: problem,
          403: problem,
          404: problem,
          409: problem,
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request, principalOf(request).storeId);
      await sales.end(request.params.id, expectedVersionOf(request), context);
      return reply.code(204).send(null);
    },
  );
}
