import type { Caller } from '@tradewind/graphql/subgraph.ts';
import type { ProductBody } from '#product/representation.ts';

export interface ProductContext extends Caller {
  /** Products of the caller's tenant, those of one moment in one query. */
  readonly products: { load(id: string): Promise<ProductBody | null> };
}
