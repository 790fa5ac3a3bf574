import { expect, it } from 'vitest';
import { locationOf } from './location.ts';
import { refusal } from './stock.fixture.ts';

it("takes the tenant's own locations only", () => {
  expect(locationOf('STORE-1', '')).toBe('STORE-1');
  expect(locationOf('STORE-1', 'STORE-1')).toBe('STORE-1');
  expect(locationOf('STORE-1', 'STORE-1-NORTH')).toBe('STORE-1-NORTH');
  for (const other of ['STORE-2', 'STORE-10', 'STORE', 'store-1', 'STORE-1-']) {
    expect(refusal(() => locationOf('STORE-1', other))).toBe('LOCATION_NOT_FOUND');
  }
});
