import type { Caller } from '@tradewind/graphql/subgraph.ts';
import type { OrderView } from '#order/view.ts';

export interface OrderContext extends Caller {
  /** Orders of the caller's tenant, those of one moment in one query. */
  readonly orders: { load(orderId: string): Promise<OrderView | null> };
}
