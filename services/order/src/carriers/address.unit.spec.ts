import { describe, expect, it } from 'vitest';
import { addressOf } from './address.ts';

const shipFrom = { name: 'Shop', line1: '1 Dock Road', city: 'Newark', postalCode: '07114', country: 'US' };

describe('addressOf', () => {
  it('takes what the shopper gave', () => {
    const given = {
      name: 'A',
      line1: '1 Harbour Street',
      city: 'Lisbon',
      postalCode: '1100-001',
      country: 'pt',
    };
    expect(addressOf({ ...given, planet: 'Earth' }, shipFrom)).toEqual({ ...given, country: 'PT' });
  });

  it('stays in the country of the sender where none is given', () => {
    expect(addressOf({ city: 'Boston' }, shipFrom)).toMatchObject({
      city: 'Boston',
      country: 'US',
      line1: '',
    });
  });

  it('leaves a parcel without an address at the counter', () => {
    expect(addressOf(null, shipFrom)).toMatchObject({
      line1: 'Carrier counter',
      city: 'Newark',
      country: 'US',
    });
  });
});
