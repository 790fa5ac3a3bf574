import { on } from '@tradewind/outbox/reaction.ts';
import { lineOf, type Tell } from '#tell.ts';

export const onOrderShipped = on(
  'ecommerce.order.order.shipped.v1',
  'notification.on-order-shipped',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, carrier, trackingNumber, items, currency } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-shipped', recipient: userId, resource: `order:${orderId}` },
        values: {
          ...{ orderId, carrier, trackingNumber: trackingNumber ?? '' },
          items: items.map((item) => lineOf(item, currency)),
        },
      });
    },
);
