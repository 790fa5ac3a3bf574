import { on } from '@tradewind/outbox/reaction.ts';
import { releaseOrderCommand } from '#release-reservation/command.ts';
import type { InventoryStore } from '#store.ts';

/** Its pieces are back for sale, also those of a paid order. */
export const onOrderCanceled = on(
  'ecommerce.order.order.canceled.v1',
  'inventory.on-order-canceled',
  ({ store }: { readonly store: InventoryStore }) =>
    ({ payload }, { inbox, context }) =>
      store.handle(releaseOrderCommand(payload.orderId, 'ORDER_CANCELED'), { inbox, context }),
);
