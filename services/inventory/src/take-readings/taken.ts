import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';

/** A reading from the topic, with what names it. */
export interface Arrived {
  readonly reading: DeviceReading;
  /** Where it has no number of its device: the same over all tries to publish it. */
  readonly fallbackId: string;
  readonly context: Omit<CommandContext, 'storeId'>;
}

/**
 * Names a reading, also in the ledger. A number of a device is its name for ever, so a second row could not be stored even
 * if everything above it failed.
 */
export function readingIdOf({ reading, fallbackId }: Arrived): string {
  const { deviceId, session = '', seq } = reading;
  return deviceId === undefined || seq === undefined ? fallbackId : `${deviceId}:${session}:${seq}`;
}

export const isNumbered = ({ reading }: Arrived): boolean =>
  reading.deviceId !== undefined && reading.seq !== undefined;
