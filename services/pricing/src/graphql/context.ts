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
