import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** Somebody canceled another person's order; what customers do to their own needs no entry. */
export const onOrderCanceled = on(
  'ecommerce.order.order.canceled.v1',
  'identity.on-order-canceled',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(
        event,
        inbox,
        payload.canceledBy === payload.userId
          ? undefined
          : {
              ...{
                actor: payload.canceledBy,
                action: 'order.canceled',
                resource: `order:${payload.orderId}`,
              },
              details: { previousStatus: payload.previousStatus, reason: payload.reason },
            },
      );
    },
);
