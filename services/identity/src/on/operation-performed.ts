import { on } from '@tradewind/outbox/reaction.ts';
import type { AuditTrail } from '#audit-log/append.ts';

/** An operator acted on a service: dropped an event, replayed a projection. */
export const onOperationPerformed = on(
  'ecommerce.platform.operation.performed.v1',
  'identity.on-operation-performed',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { performedBy: actor, action, resource, details } = event.payload;
      return audit.record(event, inbox, { actor, action, resource, details });
    },
);
