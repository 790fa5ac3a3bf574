import { formatDecimal } from '@tradewind/contracts/decimal.ts';
import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** Somebody agreed to take goods back, and to pay for them. */
export const onReturnApproved = on(
  'ecommerce.order.order.return_approved.v1',
  'identity.on-return-approved',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.approvedBy,
        action: 'order.return_approved',
        resource: `order:${payload.orderId}`,
        details: {
          returnId: payload.returnId,
          amount: formatDecimal(payload.refundAmount, payload.currency),
          currency: payload.currency,
        },
      });
    },
);
