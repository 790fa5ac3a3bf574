import { on } from '@tradewind/outbox/reaction.ts';
import type { OrderCodes } from '#hold-codes/order-codes.ts';

/** A canceled order gives its codes back, used ones too. A repeat changes nothing: uses only ever go forward. */
export const onOrderCanceled = on(
  'ecommerce.order.order.canceled.v1',
  'pricing.on-order-canceled',
  ({ codes }: { readonly codes: OrderCodes }) =>
    ({ payload, storeId }) =>
      codes.over(storeId, payload.orderId),
);
