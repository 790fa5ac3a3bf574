import { metrics } from '@opentelemetry/api';
import type { Relay } from '@tradewind/outbox/relay.ts';
import type { Database } from '@tradewind/postgres/database.ts';

/** What the outbox looks like. Counting ends at ten thousand rows: more is "many". */
export interface OutboxState {
  readonly waiting: number;
  readonly oldestSeconds: number;
  /** Events that wait for a retry or for an operator (`tw dlq`). */
  readonly parked: number;
  /** Dead rows that vacuum has not removed yet: bloat, as the table turns over fast. */
  readonly deadRows: number;
}

const select = `
  select count(*)::int as waiting, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds",
    (select count(*)::int from parked_events) as parked,
    (select n_dead_tup::int from pg_stat_user_tables where relname = 'outbox') as "deadRows"
  from (select created_at from outbox order by id limit 10000) o`;

export async function outboxState(systemDb: Database): Promise<OutboxState> {
  const [state] = await systemDb.transaction('', (tx) => tx.query<OutboxState>(select));
  return state ?? { waiting: 0, oldestSeconds: 0, parked: 0, deadRows: 0 };
}

/** Exports the state at each scrape, and the events that this process has published. */
export function exportOutbox(systemDb: Database, relay: Relay): void {
  const meter = metrics.getMeter('tradewind.outbox');
  const waiting = meter.createObservableGauge('outbox_waiting_events', {
    description: 'Events not yet in Kafka',
  });
  const age = meter.createObservableGauge('outbox_oldest_age_seconds', {
    description: 'Age of the oldest of them',
  });
  const parked = meter.createObservableGauge('parked_events', {
    description: 'Events that could not be applied',
  });
  const dead = meter.createObservableGauge('outbox_dead_rows', {
    description: 'Rows that vacuum has not removed',
  });
  const published = meter.createObservableCounter('outbox_published_total', {
    description: 'Events published by this process',
  });
  meter.addBatchObservableCallback(
    async (result) => {
      result.observe(published, relay.published);
      // A scrape while the database is away has the other metrics.
      const state = await outboxState(systemDb).catch(() => undefined);
      if (!state) return;
      result.observe(waiting, state.waiting);
      result.observe(age, state.oldestSeconds);
      result.observe(parked, state.parked);
      result.observe(dead, state.deadRows);
    },
    [waiting, age, parked, dead, published],
  );
}
