import { orderGraphql } from '@tradewind/contracts/generated/graphql/order.ts';
import { serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import DataLoader from 'dataloader';
import { type OrderView, viewOf } from '#order/view.ts';
import type { OrderQueries } from '#read-orders/queries.ts';
import type { OrderContext } from './context.ts';
import { resolvers } from './resolvers.ts';

/** The order part of the graph. */
export function registerGraphql(
  app: HttpApp,
  { queries, introspection }: { queries: OrderQueries; introspection: boolean },
): void {
  async function find(storeId: string, orderId: string): Promise<OrderView | null> {
    const order = await queries.order(storeId, orderId);
    return order ? viewOf(order, order.version) : null;
  }

  serveSubgraph<OrderContext>(app, {
    sdl: orderGraphql,
    resolvers,
    introspection,
    contextOf: (caller) => ({
      ...caller,
      // The queries themselves gather what is asked for at the same time; this remembers it for the request.
      orders: new DataLoader((ids: readonly string[]) =>
        Promise.all(ids.map((id) => find(caller.storeId, id))),
      ),
    }),
  });
}
