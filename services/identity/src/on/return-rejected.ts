import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** Somebody refused to take goods back. */
export const onReturnRejected = on(
  'ecommerce.order.order.return_rejected.v1',
  'identity.on-return-rejected',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.rejectedBy,
        action: 'order.return_rejected',
        resource: `order:${payload.orderId}`,
        details: { returnId: payload.returnId, reason: payload.reason },
      });
    },
);
