import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** The second pair of eyes said no. */
export const onCancellationRejected = on(
  'ecommerce.order.order.cancellation_rejected.v1',
  'identity.on-cancellation-rejected',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.rejectedBy,
        action: 'order.cancellation_rejected',
        resource: `order:${payload.orderId}`,
        details: { reason: payload.reason },
      });
    },
);
