import { compareFleet } from '#devices/compare.ts';
import { readLedgers } from '#devices/ledger-file.ts';
import { storedOf } from '#devices/stored.ts';
import { places } from '#places.ts';
import type { Invariant, Violation } from './invariant.ts';

// That none is in the ledger twice is the ledger's own key: a reading's id is its entry's. A number is asked for once the
// location is known: until then a repeat with another content may wait, and is dropped when it is taken again.
const contradictions = `
  select r.reading_id as subject, format('is %s, and in the ledger', r.state) as what
  from device_reading r join inventory_adjustment a on a.store_id = r.store_id and a.adjustment_id = r.reading_id
  where r.state <> 'APPLIED' and not (r.state = 'PARKED' and r.cause = 'UNKNOWN_LOCATION')
  union all
  select r.reading_id, 'is APPLIED, and not in the ledger'
  from device_reading r where r.state = 'APPLIED' and not exists (
    select from inventory_adjustment a where a.store_id = r.store_id and a.adjustment_id = r.reading_id)`;

export const devicesAddUp: Invariant = {
  id: 'D1',
  title: 'each reading of a device was applied once or waits; the fleets’ stock is what they sent',
  async check(stack) {
    if (!stack.has('inventory')) return [];
    const found: Violation[] = await stack.query<Violation>('inventory', contradictions);
    for (const ledger of readLedgers(places().home)) {
      found.push(...compareFleet(ledger, await storedOf(stack, ledger)).violations);
    }
    return found;
  },
};
