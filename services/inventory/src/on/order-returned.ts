import { on } from '@tradewind/outbox/reaction.ts';
import { restockCommand } from '#restock-return/command.ts';
import type { InventoryStore } from '#store.ts';

/** What came back is for sale again. */
export const onOrderReturned = on(
  'ecommerce.order.order.returned.v1',
  'inventory.on-order-returned',
  ({ store }: { readonly store: InventoryStore }) =>
    ({ payload }, { inbox, context }) =>
      store.handle(restockCommand(payload.orderId, payload.returnId, payload.items), { inbox, context }),
);
