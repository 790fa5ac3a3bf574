import { on } from '@tradewind/outbox/reaction.ts';
import type { OrderCodes } from '#hold-codes/order-codes.ts';

/** An order that was never paid gives its codes back. A repeat changes nothing: uses only ever go forward. */
export const onOrderExpired = on(
  'ecommerce.order.order.expired.v1',
  'pricing.on-order-expired',
  ({ codes }: { readonly codes: OrderCodes }) =>
    ({ payload, storeId }) =>
      codes.over(storeId, payload.orderId),
);
