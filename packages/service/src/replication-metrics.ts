import { metrics } from '@opentelemetry/api';
import type { Database } from '@tradewind/postgres/database.ts';

interface Slot {
  readonly slot: string;
  readonly active: number;
  readonly lagBytes: number;
  readonly retainedBytes: number;
}

const select = `
  select slot_name as slot, active::int as active,
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::float8 as "lagBytes",
    coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 as "retainedBytes"
  from pg_replication_slots where database = current_database()`;

/**
 * Exports at each scrape how far those are who read changes from this service's database (ADR 0041). The owner of the
 * database tells, not the reader: a reader that is dead tells nothing.
 */
export function exportReplicationSlots(systemDb: Database): void {
  const meter = metrics.getMeter('tradewind.replication');
  const active = meter.createObservableGauge('replication_slot_active', {
    description: '1 while somebody reads from it',
  });
  const lag = meter.createObservableGauge('replication_slot_lag_bytes', {
    description: "Written since its reader's last confirmed position",
  });
  const retained = meter.createObservableGauge('replication_slot_retained_bytes', {
    description: 'What PostgreSQL keeps on disk for it',
  });
  meter.addBatchObservableCallback(
    async (result) => {
      // A scrape while the database is away has the other metrics.
      const slots = await systemDb.transaction('', (tx) => tx.query<Slot>(select)).catch(() => []);
      for (const one of slots) {
        const { slot } = one;
        result.observe(active, one.active, { slot });
        result.observe(lag, one.lagBytes, { slot });
        result.observe(retained, one.retainedBytes, { slot });
      }
    },
    [active, lag, retained],
  );
}
