import { saleDetails } from '#audit-log/sale-details.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** Prices were lowered, by who had said the sale's terms last. */
export const onFlashSaleStarted = on(
  'ecommerce.pricing.flash_sale.started.v1',
  'identity.on-flash-sale-started',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { saleId, setBy, ...facts } = event.payload;
      return audit.record(
        event,
        inbox,
        setBy === null
          ? undefined
          : {
              ...{ actor: setBy, action: 'flash_sale.started', resource: `flash_sale:${saleId}` },
              details: saleDetails(facts),
            },
      );
    },
);
