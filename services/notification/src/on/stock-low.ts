import { on } from '@tradewind/outbox/reaction.ts';
import { storeRecipient } from '#preferences/preferences.ts';
import type { Tell } from '#tell.ts';

/** Told to the store itself, where it has said in which channel of its chat. */
export const onStockLow = on(
  'ecommerce.inventory.stock.low.v1',
  'notification.on-stock-low',
  ({ tell }: { readonly tell: Tell }) =>
    (event, delivery) => {
      const { sku, productId, storeId: locationId, available, reorderPoint } = event.payload;
      return tell(event, delivery, {
        ...{ kind: 'stock-low', recipient: storeRecipient(event.storeId), resource: `stock:${sku}` },
        values: {
          sku,
          productId,
          locationId,
          available: String(available),
          reorderPoint: String(reorderPoint),
        },
      });
    },
);
