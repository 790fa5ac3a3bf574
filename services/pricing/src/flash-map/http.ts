import type { Database } from '@tradewind/postgres/database.ts';
import { formatAmount } from '@tradewind/kernel/money.ts';
import { storeOf } from '@tradewind/service/access.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import { problem } from '@tradewind/service/problem.ts';
import { z } from 'zod';
import * as input from '#input.ts';
import type { FlashMap, FlashPrice } from './flash-map.ts';
import { flashPricesOf } from './running-sales.ts';

const example = {
  productId: '01a1fca3-c02b-7d83-8f26-c90ea3a53227',
  saleId: '01a1fca3-c02b-7d83-8f26-c90ea3a53228',
  listPrice: '12.90',
  price: '9.68',
  currency: 'USD',
  endsAt: '2026-11-27T23:00:00.000Z',
};
const body = z
  .object({
    items: z.array(
      z.object({
        productId: z.string(),
        saleId: z.string(),
        listPrice: z.string(),
        price: z.string(),
        currency: z.string(),
        endsAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'FlashPrices', example: { items: [example] } });
const MAX_PRODUCTS = 100;
const productIds = z
  .string()
  .min(1)
  .max(10_000)
  .transform((list) => [...new Set(list.split(','))])
  .refine((list) => list.length <= MAX_PRODUCTS, `at most ${MAX_PRODUCTS}`)
  .meta({ description: 'separated by commas' });

const lowest = (prices: readonly FlashPrice[], now: number): FlashPrice | undefined =>
  prices
    .filter(({ endsAt }) => endsAt > now)
    .sort((a, b) => Number(BigInt(a.price) - BigInt(b.price)) || (a.saleId < b.saleId ? -1 : 1))[0];

/** `GET /prices/flash`: what pages show beside a product. Orders ask `resolve`, which goes by the database's time. */
export function registerFlashPrices(app: HttpApp, { map, db }: { map: FlashMap; db: Database }): void {
  app.get(
    '/api/v1/prices/flash',
    {
      config: { access: 'public' },
      schema: {
        tags: ['prices'],
        summary: 'The flash prices of those of the products that have one',
        querystring: input.storeQuery.extend({ productIds }),
        response: { 200: body, 400: problem },
      },
    },
    async (request) => {
      const storeId = storeOf(request);
      const ids = request.query.productIds;
      const found =
        (await map.get(storeId, ids)) ?? (await db.transaction(storeId, (tx) => flashPricesOf(tx, ids)));
      const now = Date.now();
      return {
        items: ids.flatMap((productId) => {
          const best = lowest(found.get(productId) ?? [], now);
          if (!best) return [];
          const { saleId, currency } = best;
          const shown = (minor: string) => formatAmount(BigInt(minor), currency);
          const [listPrice, price] = [shown(best.listPrice), shown(best.price)];
          const endsAt = new Date(best.endsAt).toISOString();
          return [{ productId, saleId, listPrice, price, currency, endsAt }];
        }),
      };
    },
  );
}
