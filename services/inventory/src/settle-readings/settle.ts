import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { lockDevices, saveDevices } from '#device-table.ts';
import { type Moved, moveReadings, type OpenReading } from '#reading-table.ts';
import { StockBatch } from '#stock-batch.ts';
import { loadStock, type SkuCache } from '#stock-load.ts';
import { saveStock } from '#stock-save.ts';
import { applyReading } from '#take-readings/apply.ts';

export interface SettleDeps {
  readonly encoder: EventEncoder;
  readonly skus: SkuCache;
}

export interface Settled {
  readonly applied: number;
  readonly parked: number;
}

/**
 * Applies readings that waited, in the order in which they came, in the caller's transaction of their tenant; the caller
 * has locked them. What the stock cannot take is parked.
 */
export async function settleReadings(
  tx: Transaction,
  deps: SettleDeps,
  open: readonly OpenReading[],
  by: string | null,
): Promise<Settled> {
  if (open.length === 0) return { applied: 0, parked: 0 };
  const ids = [...new Set(open.flatMap(({ reading }) => reading.deviceId ?? []))];
  const devices = await lockDevices(tx, ids, { make: false });
  const touched = {
    skus: [...new Set(open.map(({ reading }) => reading.sku))],
    locations: [...new Set(open.map(({ locationId }) => locationId))],
  };
  const loaded = await loadStock(tx, [touched], deps.skus);
  const stock = new StockBatch(loaded, deps.encoder, tx.now);
  const moved: Moved[] = [];
  const changed = new Set<string>();
  for (const { readingId, reading, locationId, correlationId } of open) {
    const context = { storeId: tx.storeId, correlationId, causationId: null };
    const cause = applyReading(stock, { readingId, reading, location: locationId, context });
    if (cause !== undefined) {
      moved.push({ reading_id: readingId, state: 'PARKED', cause });
      continue;
    }
    moved.push({ reading_id: readingId, state: 'APPLIED' });
    const device = devices.get(reading.deviceId ?? '');
    if (!device) continue;
    devices.set(device.deviceId, { ...device, applied: device.applied + 1 });
    changed.add(device.deviceId);
  }
  await Promise.all([
    saveDevices(
      tx,
      [...devices.values()].filter(({ deviceId }) => changed.has(deviceId)),
    ),
    saveStock(tx, loaded, stock.events),
    appendToOutbox(tx, stock.outbox),
    moveReadings(tx, moved, by),
  ]);
  const applied = moved.filter(({ state }) => state === 'APPLIED').length;
  return { applied, parked: moved.length - applied };
}
