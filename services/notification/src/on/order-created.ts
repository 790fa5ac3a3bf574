import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import { lineOf, type Tell } from '#tell.ts';

export const onOrderCreated = on(
  'ecommerce.order.order.created.v1',
  'notification.on-order-created',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, totalAmount, currency, items } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-created', recipient: userId, resource: `order:${orderId}` },
        values: {
          ...{ orderId, currency, totalAmount: formatDecimal(totalAmount, currency) },
          items: items.map((item) => lineOf(item, currency)),
        },
      });
    },
);
