import { on } from '@tradewind/outbox/reaction.ts';
import type { FlashMap } from '#flash-map/flash-map.ts';
import { runningState } from '#flash-map/state.ts';

/** Its prices are shown from now on. The map takes no older state than it has. */
export const onFlashSaleStarted = on(
  'ecommerce.pricing.flash_sale.started.v1',
  'pricing.on-flash-sale-started',
  ({ map }: { readonly map: FlashMap }) =>
    (event) =>
      map.set(runningState(event, event.payload)),
);
