import { on } from '@tradewind/outbox/reaction.ts';
import { releaseOrderCommand } from '#release-reservation/command.ts';
import type { InventoryStore } from '#store.ts';

/** Gives back what an unpaid order still holds; mostly it has lapsed by itself. */
export const onOrderExpired = on(
  'ecommerce.order.order.expired.v1',
  'inventory.on-order-expired',
  ({ store }: { readonly store: InventoryStore }) =>
    ({ payload }, { inbox, context }) =>
      store.handle(releaseOrderCommand(payload.reservationId, 'ORDER_EXPIRED'), { inbox, context }),
);
