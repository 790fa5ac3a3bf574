import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

export const onOrderExpired = on(
  'ecommerce.order.order.expired.v1',
  'notification.on-order-expired',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, totalAmount, currency } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-expired', recipient: userId, resource: `order:${orderId}` },
        values: { orderId, currency, totalAmount: formatDecimal(totalAmount, currency) },
      });
    },
);
