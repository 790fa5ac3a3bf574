import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

export const onOrderCanceled = on(
  'ecommerce.order.order.canceled.v1',
  'notification.on-order-canceled',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, totalAmount, currency, reason } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-canceled', recipient: userId, resource: `order:${orderId}` },
        values: {
          orderId,
          currency,
          totalAmount: formatDecimal(totalAmount, currency),
          reason: reason ?? '',
        },
      });
    },
);
