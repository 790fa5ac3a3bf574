import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

export const onOrderRefunded = on(
  'ecommerce.order.order.refunded.v1',
  'notification.on-order-refunded',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, amount, currency, reason } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-refunded', recipient: userId, resource: `order:${orderId}` },
        values: { orderId, currency, amount: formatDecimal(amount, currency), reason: reason ?? '' },
      });
    },
);
