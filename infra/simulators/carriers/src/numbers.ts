import { randomInt } from 'node:crypto';
import type { CarrierName } from '#carrier.ts';

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

/** A tracking number as the carrier writes it. */
export function newTrackingNumber(carrier: CarrierName): string {
  switch (carrier) {
    case 'fedex':
      return `7${digits(11)}`;
    case 'ups':
      return `1Z999AA1${digits(10)}`;
    case 'dhl': {
      const serial = `${randomInt(1, 10)}${digits(8)}`;
      // The last digit checks the others.
      return `${serial}${Number(serial) % 7}`;
    }
    default:
      return carrier satisfies never;
  }
}
