import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** A list price was overridden. */
export const onPriceChanged = on(
  'ecommerce.product.price.changed.v1',
  'identity.on-price-changed',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        ...{ actor: payload.changedBy, action: 'price.changed', resource: `product:${payload.productId}` },
        details: {
          from: formatDecimal(payload.oldPrice, payload.currency),
          to: formatDecimal(payload.newPrice, payload.currency),
          currency: payload.currency,
        },
      });
    },
);
