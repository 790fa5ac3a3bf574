import type { PriceArguments, PricingContext } from './context.ts';
import { type NewRule, type OneRule, ruleMutations, ruleQueries } from './rules.ts';

interface ListArguments {
  readonly status?: string | null;
  readonly first?: number | null;
}

const SALES = '/api/v1/flash-sales';
const saleAt = (id: string): string => `${SALES}/${encodeURIComponent(id)}`;

const ofProduct = {
  product: ({ productId }: { productId: string }) => ({ id: productId }),
};

export const resolvers = {
  Query: {
    resolvePrices: (_: unknown, body: object, { rest, storeId }: PricingContext) =>
      rest('POST', '/api/v1/prices/resolve', { body, query: { store: storeId } }),
    flashSales: async (_: unknown, { status, first }: ListArguments, { rest, storeId }: PricingContext) =>
      (await rest<{ items: unknown[] }>('GET', SALES, { query: { status, limit: first, store: storeId } }))
        .items,
    flashSale: (_: unknown, { id }: OneRule, { rest, storeId }: PricingContext) =>
      rest('GET', saleAt(id), { query: { store: storeId } }),
    ...ruleQueries,
  },
  Mutation: {
    createFlashSale: (_: unknown, { input, idempotencyKey }: NewRule, { rest }: PricingContext) =>
      rest('POST', SALES, { input, idempotencyKey }),
    updateFlashSale: (
      _: unknown,
      { id, input, expectedVersion }: OneRule & NewRule,
      { rest }: PricingContext,
    ) => rest('PATCH', saleAt(id), { input, ifMatch: expectedVersion }),
    async endFlashSale(_: unknown, { id }: OneRule, { rest }: PricingContext) {
      await rest('DELETE', saleAt(id));
      return rest('GET', saleAt(id));
    },
    ...ruleMutations,
  },
  Product: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    price: ({ id }: { id: string }, args: PriceArguments, { priceOf }: PricingContext) => priceOf(id, args),
  },
  PriceLine: ofProduct,
  ListedPrice: ofProduct,
  FlashSale: {
    products: ({ productIds }: { productIds: readonly string[] }) => productIds.map((id) => ({ id })),
  },
};
