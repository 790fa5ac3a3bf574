import type { AuditTrail } from '#audit-log/append.ts';
import { on } from '@tradewind/outbox/reaction.ts';

/** Somebody trusts a device again, and said what its doubtful readings are worth. */
export const onDeviceReleased = on(
  'ecommerce.inventory.device.released.v1',
  'identity.on-device-released',
  ({ audit }: { readonly audit: AuditTrail }) =>
    (event, { inbox }) => {
      const { payload } = event;
      return audit.record(event, inbox, {
        actor: payload.releasedBy,
        action: 'device.released',
        resource: `device:${payload.deviceId}`,
        details: { apply: payload.apply, quarantinedFor: payload.quarantinedFor },
      });
    },
);
