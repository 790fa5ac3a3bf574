import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import { createLocalRegistry } from '@tradewind/contracts/local-registry.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { eventEncoder } from '@tradewind/outbox/encoder.ts';
import { createLogger } from '@tradewind/service/logger.ts';
import { openInventory } from '#inventory.fixture.ts';
import { retryParked } from '#settle-readings/retry-parked.ts';
import { createSkuCache } from '#stock-load.ts';
import { deviceMetrics } from './metrics.ts';
import { placeFinder } from './place.ts';
import { takeReadings } from './take.ts';
import type { Arrived } from './taken.ts';

const nothing = {
  storeId: undefined,
  deviceId: undefined,
  session: undefined,
  seq: undefined,
  ts: undefined,
};

/** A reading as it comes from the topic. */
export const arrival = (fields: Partial<DeviceReading>, fallbackId = newId()): Arrived => ({
  reading: { ...nothing, sku: 'A', delta: 1, reason: 'SENSOR', receivedAt: Date.now(), ...fields },
  fallbackId,
  context: { correlationId: newId(), causationId: null },
});

/** Inventory on a database of its own, as far as it has to do with devices. */
export async function openDevices() {
  const inventory = await openInventory();
  const { db, systemDb } = inventory;
  const deps = {
    ...{ db, systemDb, skus: createSkuCache(), wakeRelay: () => undefined, metrics: deviceMetrics(systemDb) },
    encoder: eventEncoder('inventory-service', createLocalRegistry()),
    findPlaces: placeFinder(systemDb),
  };
  return {
    ...inventory,
    deps,
    take: (...fields: Partial<DeviceReading>[]) =>
      takeReadings(
        deps,
        fields.map((one) => arrival(one)),
      ),
    retrying: () => retryParked({ ...deps, log: createLogger('inventory', 'silent') }),
    async onHand(sku: string, location = 'STORE-1'): Promise<number | undefined> {
      const rows = await inventory.rows<{ on_hand: number }>(
        `select on_hand from inventory_stock where sku = $1 and location_id = $2`,
        [sku, location],
      );
      return rows[0]?.on_hand;
    },
    held: (sku: string) =>
      inventory.rows<{ state: string; cause: string; seq: bigint | null }>(
        `select state, cause, seq from device_reading where sku = $1 order by arrival`,
        [sku],
      ),
  };
}
