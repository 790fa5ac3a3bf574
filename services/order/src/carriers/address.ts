import type { Address } from './carrier.ts';

/**
 * The address that an order has, for a label. An order's address is whatever the shopper gave; without one the parcel waits
 * for its owner at the carrier's counter in the country that it is sent from.
 */
export function addressOf(given: Readonly<Record<string, string>> | null, shipFrom: Address): Address {
  if (given === null) {
    const { city, postalCode, country } = shipFrom;
    return { name: 'Hold for pickup', line1: 'Carrier counter', city, postalCode, country };
  }
  const { name = '', line1 = '', city = '', postalCode = '', country = shipFrom.country } = given;
  return { name, line1, city, postalCode, country: country.toUpperCase() };
}
