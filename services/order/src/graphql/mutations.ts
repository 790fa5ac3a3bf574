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
  (route: string) =>
  (_: unknown, { orderId, idempotencyKey, ...body }: OrderCommand, { rest }: OrderContext) =>
    rest<object>('POST', `${pathOf(orderId)}/${route}`, { body, idempotencyKey });

const returnCommand =
  (word: 'approve' | 'reject') =>
  (_: unknown, { returnId, ...args }: OrderCommand & { returnId: string }, context: OrderContext) =>
    command(`returns/${encodeURIComponent(returnId)}/${word}`)(_, args, context);

export interface PlaceOrderArguments extends Keyed {
  readonly input: object;
}

/** Each is its REST route, in GraphQL's clothes. */
export const orderMutations = {
  placeOrder: (_: unknown, { input, idempotencyKey }: PlaceOrderArguments, { rest }: OrderContext) =>
    rest<object>('POST', ORDERS, { input, idempotencyKey }),
  payOrder: command('pay'),
  cancelOrder: command('cancel'),
  approveCancellation: command('cancel/approve'),
  rejectCancellation: command('cancel/reject'),
  fulfillOrder: command('fulfill'),
  shipOrder: command('shipments'),
  requestReturn: command('returns'),
  approveReturn: returnCommand('approve'),
  rejectReturn: returnCommand('reject'),
  refundOrder: command('refunds'),
};
