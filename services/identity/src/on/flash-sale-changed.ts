import { saleDetails } from '#audit-log/sale-details.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** Prices of a sale that runs were changed. */
export const onFlashSaleChanged = on(
  'ecommerce.pricing.flash_sale.changed.v1',
  'identity.on-flash-sale-changed',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { saleId, setBy, ...facts } = event.payload;
      return audit.record(
        event,
        inbox,
        setBy === null
          ? undefined
          : {
              ...{ actor: setBy, action: 'flash_sale.changed', resource: `flash_sale:${saleId}` },
              details: saleDetails(facts),
            },
      );
    },
);
