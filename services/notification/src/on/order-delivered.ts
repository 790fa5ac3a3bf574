import { on } from '@tradewind/outbox/reaction.ts';
import type { Tell } from '#tell.ts';

export const onOrderDelivered = on(
  'ecommerce.order.order.delivered.v1',
  'notification.on-order-delivered',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { orderId, userId, carrier, trackingNumber } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'order-delivered', recipient: userId, resource: `order:${orderId}` },
        values: { orderId, carrier, trackingNumber: trackingNumber ?? '' },
      });
    },
);
