import { LRUCache } from 'lru-cache';
import type { Database } from '@tradewind/postgres/database.ts';
import { DEFAULT_STORE } from '@tradewind/service/access.ts';
import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';

/** Whose a reading is, and where. */
export interface Place {
  readonly tenant: string;
  readonly location: string;
  /** `unknown`: nobody has such a location. `foreign`: it is not of the device's tenant. */
  readonly kind: 'own' | 'unknown' | 'foreign';
}

const ownersOfLocations = `
  select distinct on (location_id) location_id as id, store_id as tenant from inventory_location
  where location_id = any($1) order by location_id, store_id <> location_id, store_id`;

const ownersOfDevices = `select device_id as id, store_id as tenant from device where device_id = any($1)`;

/**
 * Finds the tenants of readings: a named location's, else the device's, else the default one. A location and a device never
 * change their tenant, so what was found once is remembered. Needs the role that sees every tenant.
 */
export function placeFinder(systemDb: Database) {
  const locations = new LRUCache<string, string>({ max: 50_000 });
  const devices = new LRUCache<string, string>({ max: 200_000 });

  async function look(readings: readonly DeviceReading[]): Promise<void> {
    const unknown = (ids: readonly (string | undefined)[], cache: LRUCache<string, string>): string[] => [
      ...new Set(ids.flatMap((id) => (id === undefined || cache.has(id) ? [] : [id]))),
    ];
    const places = unknown(
      readings.map(({ storeId }) => storeId),
      locations,
    );
    const ids = unknown(
      readings.map(({ deviceId }) => deviceId),
      devices,
    );
    if (places.length === 0 && ids.length === 0) return;
    type Row = { id: string; tenant: string };
    const [found, registered] = await systemDb.transaction('', (tx) =>
      Promise.all([tx.query<Row>(ownersOfLocations, [places]), tx.query<Row>(ownersOfDevices, [ids])]),
    );
    for (const { id, tenant } of found) locations.set(id, tenant);
    for (const { id, tenant } of registered) devices.set(id, tenant);
  }

  return async (readings: readonly DeviceReading[]): Promise<(reading: DeviceReading) => Place> => {
    await look(readings);
    // The first reading of a device says whose it is, also for those behind it in the same batch.
    const fresh = new Map<string, string>();
    const placeOf = ({ storeId, deviceId }: DeviceReading): Place => {
      const own = deviceId === undefined ? undefined : (devices.get(deviceId) ?? fresh.get(deviceId));
      const tenant = own ?? DEFAULT_STORE;
      if (storeId === undefined) return { tenant, location: tenant, kind: 'own' };
      const owner = locations.get(storeId);
      if (owner === undefined) return { tenant, location: storeId, kind: 'unknown' };
      if (own !== undefined && own !== owner) return { tenant, location: storeId, kind: 'foreign' };
      return { tenant: owner, location: storeId, kind: 'own' };
    };
    return (reading) => {
      const place = placeOf(reading);
      if (reading.deviceId !== undefined && place.kind === 'own') fresh.set(reading.deviceId, place.tenant);
      return place;
    };
  };
}

export type FindPlaces = ReturnType<typeof placeFinder>;
