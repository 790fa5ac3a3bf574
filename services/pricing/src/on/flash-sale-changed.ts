import { on } from '@tradewind/outbox/reaction.ts';
import type { FlashMap } from '#flash-map/flash-map.ts';
import { runningState } from '#flash-map/state.ts';

/** The prices that it has now are shown. The map takes no older state than it has. */
export const onFlashSaleChanged = on(
  'ecommerce.pricing.flash_sale.changed.v1',
  'pricing.on-flash-sale-changed',
  ({ map }: { readonly map: FlashMap }) =>
    (event) =>
      map.set(runningState(event, event.payload)),
);
