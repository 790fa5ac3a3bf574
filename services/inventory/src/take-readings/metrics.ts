import { metrics } from '@opentelemetry/api';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Taken } from './take.ts';

export interface DeviceMetrics {
  taken(counts: Taken): void;
  /** Parked readings that the stock took later. */
  later(count: number): void;
}

const OLD_GAP_SECONDS = 60;

const waiting = `
  select state, count(*)::int as count from device_reading
  where state in ('PARKED', 'KEPT', 'REFUSED') group by state`;
const quarantined = `select count(*)::int as count from device where status = 'QUARANTINED'`;
const gaps = `
  select coalesce(sum((g->>'to')::float8 - (g->>'from')::float8 + 1), 0) as count
  from device_sequence, jsonb_array_elements(gaps) g
  where gaps <> '[]' and (g->>'since')::float8 < extract(epoch from now() - interval '${OLD_GAP_SECONDS} seconds') * 1000`;

export function deviceMetrics(systemDb: Database): DeviceMetrics {
  const meter = metrics.getMeter('tradewind.inventory');
  const readings = meter.createCounter('inventory_device_readings_total', {
    description: 'Readings of devices by what became of them when they came',
  });
  for (const outcome of ['applied', 'duplicates', 'parked', 'kept', 'refused']) readings.add(0, { outcome });
  const retried = meter.createCounter('inventory_device_readings_applied_later_total', {
    description: 'Parked readings that the stock took later',
  });
  const open = meter.createObservableGauge('inventory_device_readings_waiting', {
    description: 'Readings that have not reached the stock, by state',
  });
  const devices = meter.createObservableGauge('inventory_devices_quarantined', {
    description: 'Devices in quarantine',
  });
  const missing = meter.createObservableGauge('inventory_device_numbers_missing', {
    description: `Numbers of devices that are missing for more than ${OLD_GAP_SECONDS} s`,
  });
  meter.addBatchObservableCallback(
    async (result) => {
      // A scrape while the database is away has the other metrics.
      const found = await systemDb
        .transaction('', (tx) =>
          Promise.all([
            tx.query<{ state: string; count: number }>(waiting),
            tx.query<{ count: number }>(quarantined),
            tx.query<{ count: number }>(gaps),
          ]),
        )
        .catch(() => undefined);
      if (!found) return;
      const [states, [inQuarantine], [lost]] = found;
      for (const state of ['PARKED', 'KEPT', 'REFUSED']) {
        result.observe(open, states.find((one) => one.state === state)?.count ?? 0, { state });
      }
      result.observe(devices, inQuarantine?.count ?? 0);
      result.observe(missing, lost?.count ?? 0);
    },
    [open, devices, missing],
  );
  return {
    taken(counts) {
      for (const [outcome, count] of Object.entries(counts)) if (count > 0) readings.add(count, { outcome });
    },
    later: (count) => retried.add(count),
  };
}
