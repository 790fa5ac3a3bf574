import { callerOf } from '@tradewind/graphql/subgraph.ts';
import { encodeCursor } from '@tradewind/service/cursor.ts';
import { orderError } from '#errors.ts';
import type { OrderView } from '#order/view.ts';
import type { OrderContext } from './context.ts';
import { orderMutations, pathOf } from './mutations.ts';

interface Page {
  readonly items: readonly { readonly orderId: string }[];
}

interface OfOrder {
  readonly orderId: string;
}

interface ListArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

const readOrder = ({ rest }: OrderContext, orderId: string): Promise<OrderView> =>
  rest<OrderView>('GET', pathOf(orderId));

/** Which orders: the REST list, a projection. What they look like: their rows, all in one query. */
async function listOrders(context: OrderContext, { first, after }: ListArguments, customer: string) {
  const { items } = await context.rest<Page>('GET', '/api/v1/orders', {
    query: { customer, limit: first, cursor: after && encodeCursor(after) },
  });
  return Promise.all(items.map(({ orderId }) => context.orders.load(orderId)));
}

/** As the REST reads of orders have it. Whose order it is was looked at where it came from. */
const readerOf = (context: OrderContext) =>
  callerOf(context, ['CUSTOMER', 'MERCHANT', 'ADMIN', 'SERVICE'], 'orders:read');

const part =
  (name: keyof OrderContext['parts']) =>
  ({ orderId }: OfOrder, _: unknown, context: OrderContext) => {
    readerOf(context);
    return context.parts[name].load(orderId);
  };

const ofOrder = {
  order({ orderId }: OfOrder, _: unknown, context: OrderContext) {
    readerOf(context);
    return context.orders.load(orderId);
  },
};

const ofProduct = {
  product: ({ productId }: { productId: string }) => ({ id: productId }),
};

export const resolvers = {
  Query: {
    order: (_: unknown, { id }: { id: string }, context: OrderContext) => readOrder(context, id),
    myOrders: (_: unknown, args: ListArguments, context: OrderContext) => listOrders(context, args, 'me'),
    customerOrders: (
      _: unknown,
      { customerId, ...args }: ListArguments & { customerId: string },
      context: OrderContext,
    ) => listOrders(context, args, customerId),
  },
  Mutation: orderMutations,
  Order: {
    async __resolveReference({ orderId }: OfOrder, context: OrderContext) {
      const { sub } = readerOf(context);
      const order = await context.orders.load(orderId);
      // Somebody else's order looks like one that does not exist; its staff may ask by `order`.
      if (order?.userId !== sub) throw orderError('ORDER_NOT_FOUND');
      return order;
    },
    id: ({ orderId }: OfOrder) => orderId,
    history: part('history'),
    fulfillments: part('fulfillments'),
    shipments: part('shipments'),
    returns: part('returns'),
    refunds: part('refunds'),
  },
  OrderItem: ofProduct,
  OrderPieces: ofProduct,
  Shipment: ofOrder,
  Return: ofOrder,
  Refund: ofOrder,
};
