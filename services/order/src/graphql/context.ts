import type { ListLoader } from '@tradewind/graphql/list-loader.ts';
import type { Caller } from '@tradewind/graphql/subgraph.ts';
import type { OrderView } from '#order/view.ts';
import type { LaterLifeQueries } from '#read-later-life/queries.ts';
import type { OrderQueries } from '#read-orders/queries.ts';

/** What the graph reads of orders, many at once. */
export type PartQueries = LaterLifeQueries & Pick<OrderQueries, 'history'>;
type Part = keyof PartQueries;
type ItemOf<Name extends Part> =
  Awaited<ReturnType<PartQueries[Name]>> extends ReadonlyMap<string, (infer Item)[]> ? Item : never;

export interface OrderContext extends Caller {
  /** Orders of the caller's tenant, those of one moment in one query. */
  readonly orders: { load(orderId: string): Promise<OrderView | null> };
  /** What hangs on orders, each kind in one query. */
  readonly parts: { readonly [Name in Part]: ListLoader<ItemOf<Name>> };
}
