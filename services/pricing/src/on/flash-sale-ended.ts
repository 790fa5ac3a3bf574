import { on } from '@tradewind/outbox/reaction.ts';
import type { FlashMap } from '#flash-map/flash-map.ts';
import { endedState } from '#flash-map/state.ts';

/** Its prices are shown no more. The map takes no older state than it has. */
export const onFlashSaleEnded = on(
  'ecommerce.pricing.flash_sale.ended.v1',
  'pricing.on-flash-sale-ended',
  ({ map }: { readonly map: FlashMap }) =>
    (event) =>
      map.set(endedState(event, event.payload)),
);
