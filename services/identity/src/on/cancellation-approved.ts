import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** The second pair of eyes. */
export const onCancellationApproved = on(
  'ecommerce.order.order.cancellation_approved.v1',
  'identity.on-cancellation-approved',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.approvedBy,
        action: 'order.cancellation_approved',
        resource: `order:${payload.orderId}`,
        details: { reason: payload.reason },
      });
    },
);
