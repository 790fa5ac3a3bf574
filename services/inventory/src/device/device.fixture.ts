import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';

/** When the readings of the tests come. */
export const NOW = new Date('2026-01-15T09:30:00Z');

export const readingOf = (fields: Partial<DeviceReading> = {}): DeviceReading => ({
  ...{ sku: 'A', delta: -1, reason: 'SENSOR', deviceId: 'scale-7', receivedAt: NOW.getTime() },
  ...{ storeId: undefined, session: undefined, seq: undefined, ts: undefined },
  ...fields,
});
