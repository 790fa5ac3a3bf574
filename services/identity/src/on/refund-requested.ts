import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** Somebody gave money back. */
export const onRefundRequested = on(
  'ecommerce.order.order.refund_requested.v1',
  'identity.on-refund-requested',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.requestedBy,
        action: 'order.refund_requested',
        resource: `order:${payload.orderId}`,
        details: {
          refundId: payload.refundId,
          amount: formatDecimal(payload.amount, payload.currency),
          currency: payload.currency,
          reason: payload.reason,
        },
      });
    },
);
