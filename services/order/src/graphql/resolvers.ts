import { callerOf } from '@tradewind/graphql/subgraph.ts';
import { encodeCursor } from '@tradewind/service/cursor.ts';
import { orderError } from '#errors.ts';
import type { OrderView } from '#order/view.ts';
import type { OrderContext } from './context.ts';
import { orderMutations, pathOf } from './mutations.ts';

interface Page {
  readonly items: readonly { readonly orderId: string }[];
}

const readOrder = ({ rest }: OrderContext, orderId: string): Promise<OrderView> =>
  rest<OrderView>('GET', pathOf(orderId));

export const resolvers = {
  Query: {
    order: (_: unknown, { id }: { id: string }, context: OrderContext) => readOrder(context, id),

    /** Which orders: the REST list, a projection. What they look like: their rows, all in one query. */
    async myOrders(
      _: unknown,
      { first, after }: { first?: number | null; after?: string | null },
      context: OrderContext,
    ) {
      const { items } = await context.rest<Page>('GET', '/api/v1/orders', {
        query: { limit: first, cursor: after && encodeCursor(after) },
      });
      return Promise.all(items.map(({ orderId }) => context.orders.load(orderId)));
    },
  },
  Mutation: orderMutations,
  Order: {
    async __resolveReference({ orderId }: { orderId: string }, context: OrderContext) {
      const { sub } = callerOf(context, ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'], 'orders:read');
      const order = await context.orders.load(orderId);
      // Somebody else's order looks like one that does not exist; its staff may ask by `order`.
      if (order?.userId !== sub) throw orderError('ORDER_NOT_FOUND');
      return order;
    },
    id: ({ orderId }: OrderView) => orderId,
    history: async ({ orderId }: OrderView, _: unknown, { rest }: OrderContext) =>
      (await rest<{ items: unknown[] }>('GET', `${pathOf(orderId)}/history`)).items,
  },
  OrderItem: {
    product: ({ productId }: { productId: string }) => ({ id: productId }),
  },
};
