import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** The money went: noted in the name of who had asked for that. */
export const onOrderRefunded = on(
  'ecommerce.order.order.refunded.v1',
  'identity.on-order-refunded',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { orderId, refundId, requestedBy, amount, currency } = event.payload;
      return audit.record(
        event,
        inbox,
        requestedBy === null
          ? undefined
          : {
              ...{ actor: requestedBy, action: 'order.refunded', resource: `order:${orderId}` },
              details: { refundId, amount: formatDecimal(amount, currency), currency },
            },
      );
    },
);
