import type { EventType } from '@tradewind/contracts/event.ts';
import type { DomainEvent } from '@tradewind/outbox/encoder.ts';
import type { Device } from './device.ts';
import type { DeviceRules } from './rules.ts';

/** An Avro long, as the codec takes it. */
const LARGEST_LONG = Number.MAX_SAFE_INTEGER - 1;

export type DeviceEvent = DomainEvent<Extract<EventType, `ecommerce.inventory.device${string}`>>;

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

/** @param deviceId '' for all devices that have no rules of their own */
export const rulesChangedEvent = (
  tenant: string,
  deviceId: string,
  { maxAbsDelta, maxChangePerMinute, maxSkewSeconds, maxParkedInARow, maxGaps }: DeviceRules,
  { by, at }: { readonly by: string; readonly at: Date },
): DeviceEvent => ({
  type: 'ecommerce.inventory.device_rules.changed.v1',
  payload: {
    rulesId: deviceId === '' ? tenant : `${tenant}:${deviceId}`,
    deviceId: deviceId === '' ? null : deviceId,
    ...{ maxAbsDelta, maxSkewSeconds, maxParkedInARow, maxGaps },
    maxChangePerMinute: maxChangePerMinute === null ? null : Math.min(maxChangePerMinute, LARGEST_LONG),
    ...{ changedBy: by, changedAt: at },
  },
});
