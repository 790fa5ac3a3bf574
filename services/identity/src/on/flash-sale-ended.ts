import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** Somebody ended a sale before its time; the end that was announced needs no entry. */
export const onFlashSaleEnded = on(
  'ecommerce.pricing.flash_sale.ended.v1',
  'identity.on-flash-sale-ended',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { saleId, name, endedBy } = event.payload;
      const act = { action: 'flash_sale.ended', resource: `flash_sale:${saleId}`, details: { name } };
      return audit.record(event, inbox, endedBy === null ? undefined : { ...act, actor: endedBy });
    },
);
