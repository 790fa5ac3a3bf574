import type { OrderView } from '#order/view.ts';
import type { OrderContext } from './context.ts';

interface Keyed {
  readonly idempotencyKey?: string | null;
}

/** Of a command about one order; what else it says is its route's body. */
export interface OrderCommand extends Keyed {
  readonly orderId: string;
}

const ORDERS = '/api/v1/orders';
export const pathOf = (orderId: string): string => `${ORDERS}/${encodeURIComponent(orderId)}`;

const command =
  (name: 'pay' | 'cancel' | 'fulfill') =>
  (_: unknown, { orderId, idempotencyKey, ...body }: OrderCommand, { rest }: OrderContext) =>
    rest<OrderView>('POST', `${pathOf(orderId)}/${name}`, { body, idempotencyKey });

export interface PlaceOrderArguments extends Keyed {
  readonly input: object;
}

/** Each is its REST route, in GraphQL's clothes. */
export const orderMutations = {
  placeOrder: (_: unknown, { input, idempotencyKey }: PlaceOrderArguments, { rest }: OrderContext) =>
    rest<OrderView>('POST', ORDERS, { body: input, idempotencyKey }),
  payOrder: command('pay'),
  cancelOrder: command('cancel'),
  fulfillOrder: command('fulfill'),
};
