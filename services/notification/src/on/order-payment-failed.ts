import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

export const onOrderPaymentFailed = on(
  'ecommerce.order.order.payment_failed.v1',
  'notification.on-order-payment-failed',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, amount, currency, reason } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-payment-failed', recipient: userId, resource: `order:${orderId}` },
        values: { orderId, currency, amount: formatDecimal(amount, currency), reason: reason ?? '' },
      });
    },
);
