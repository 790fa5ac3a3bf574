import type { EventType } from '@tradewind/contracts/event.ts';
import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { Device } from './device.ts';

export type DeviceEvent = DomainEvent<Extract<EventType, `ecommerce.inventory.device.${string}`>>;

/** The event that a device came into quarantine, if it did between these two states. */
export function quarantinedBetween(before: Device, after: Device): DeviceEvent | undefined {
  const { deviceId, quarantinedFor: reason, quarantinedAt } = after;
  if (before.quarantinedFor !== null || reason === null || quarantinedAt === null) return undefined;
  return { type: 'ecommerce.inventory.device.quarantined.v1', payload: { deviceId, reason, quarantinedAt } };
}

export const releasedEvent = (
  before: Device,
  { apply, by, at }: { readonly apply: boolean; readonly by: string; readonly at: Date },
): DeviceEvent => ({
  type: 'ecommerce.inventory.device.released.v1',
  payload: {
    ...{ deviceId: before.deviceId, apply, releasedBy: by, releasedAt: at },
    quarantinedFor: before.quarantinedFor ?? '',
  },
});
