import { on } from '@tradewind/outbox/reaction.ts';
import type { OrderCodes } from '#hold-codes/order-codes.ts';

/** What an order held is used: it was paid. A repeat changes nothing: uses only ever go forward. */
export const onOrderPaid = on(
  'ecommerce.order.order.paid.v1',
  'pricing.on-order-paid',
  ({ codes }: { readonly codes: OrderCodes }) =>
    ({ payload, storeId }) =>
      codes.paid(storeId, payload.orderId),
);
