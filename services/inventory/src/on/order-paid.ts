import { on } from '@tradewind/outbox/reaction.ts';
import { confirmCommand } from '#confirm-reservation/command.ts';
import type { InventoryStore } from '#store.ts';

/**
 * What was paid is sold. Should its reservation have lapsed, the pieces are taken anew; when there are none left,
 * RESERVATION_LOST parks the order's events for the order's side to make good.
 */
export const onOrderPaid = on(
  'ecommerce.order.order.paid.v1',
  'inventory.on-order-paid',
  ({ store }: { readonly store: InventoryStore }) =>
    ({ payload }, { inbox, context }) =>
      store.handle(confirmCommand(payload.orderId, true), { inbox, context }),
);
