import { orderGraphql } from '@tradewind/contracts/generated/graphql/order.ts';
import { listLoader } from '@tradewind/graphql/list-loader.ts';
import { serveSubgraph } from '@tradewind/graphql/subgraph.ts';
import type { HttpApp } from '@tradewind/service/http.ts';
import DataLoader from 'dataloader';
import { type OrderView, viewOf } from '#order/view.ts';
import type { OrderQueries } from '#read-orders/queries.ts';
import type { OrderContext, PartQueries } from './context.ts';
import { resolvers } from './resolvers.ts';

export interface OrderGraph {
  readonly queries: Pick<OrderQueries, 'order'>;
  readonly parts: PartQueries;
  readonly introspection: boolean;
}

/** The order part of the graph. */
export function registerGraphql(app: HttpApp, { queries, parts, introspection }: OrderGraph): void {
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
      // The queries themselves gather what is asked for at the same time. Nothing is remembered: a document may write in between.
      orders: new DataLoader(
        (ids: readonly string[]) => Promise.all(ids.map((id) => find(caller.storeId, id))),
        { cache: false },
      ),
      parts: {
        history: listLoader(caller.storeId, parts.history),
        fulfillments: listLoader(caller.storeId, parts.fulfillments),
        shipments: listLoader(caller.storeId, parts.shipments),
        returns: listLoader(caller.storeId, parts.returns),
        refunds: listLoader(caller.storeId, parts.refunds),
      },
    }),
  });
}
