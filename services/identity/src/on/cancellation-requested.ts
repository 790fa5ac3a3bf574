import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** Money is to go back. */
export const onCancellationRequested = on(
  'ecommerce.order.order.cancellation_requested.v1',
  'identity.on-cancellation-requested',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.requestedBy,
        action: 'order.cancellation_requested',
        resource: `order:${payload.orderId}`,
        details: { reason: payload.reason, approvalRequired: payload.approvalRequired },
      });
    },
);
