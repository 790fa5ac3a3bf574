import type { Caller } from '@tradewind/graphql/subgraph.ts';

/** What makes the price of one product another one. */
export interface PriceArguments {
  readonly qty?: number | null;
  readonly currency?: string | null;
  readonly segment?: string | null;
}

export interface PricingContext extends Caller {
  /** Null where the product is not for sale. */
  priceOf(productId: string, args: PriceArguments): Promise<object | null>;
}

interface ListArguments {
  readonly status?: string | null;
  readonly first?: number | null;
}

interface IdempotencyKey {
  readonly idempotencyKey?: string | null;
}

const SALES = '/api/v1/flash-sales';

export const resolvers = {
  Query: {
    resolvePrices: (_: unknown, body: object, { rest, storeId }: PricingContext) =>
      rest('POST', '/api/v1/prices/resolve', { body, query: { store: storeId } }),
    flashSales: async (_: unknown, { status, first }: ListArguments, { rest, storeId }: PricingContext) =>
      (await rest<{ items: unknown[] }>('GET', SALES, { query: { status, limit: first, store: storeId } }))
        .items,
  },
  Mutation: {
    createFlashSale: (
      _: unknown,
      { input, idempotencyKey }: IdempotencyKey & { input: object },
      { rest }: PricingContext,
    ) => rest('POST', SALES, { body: input, idempotencyKey }),
    async endFlashSale(_: unknown, { id }: { id: string }, { rest }: PricingContext) {
      const path = `${SALES}/${encodeURIComponent(id)}`;
      await rest('DELETE', path);
      return rest('GET', path);
    },
  },
  Product: {
    __resolveReference: ({ id }: { id: string }) => ({ id }),
    price: ({ id }: { id: string }, args: PriceArguments, { priceOf }: PricingContext) => priceOf(id, args),
  },
  PriceLine: {
    product: ({ productId }: { productId: string }) => ({ id: productId }),
  },
  FlashSale: {
    products: ({ productIds }: { productIds: readonly string[] }) => productIds.map((id) => ({ id })),
  },
};
