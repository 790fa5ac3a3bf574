import { metrics } from '@opentelemetry/api';
import type { Kind } from './connections.ts';

/** Why a client was cut. */
export type Cut = 'slow' | 'dead' | 'rate' | 'expired';

export interface PushMetrics {
  sent(kind: Kind, clients: number): void;
  /** From the event's own time to its sending. */
  lag(occurredAt: string): void;
  cut(kind: Kind, why: Cut): void;
  resynced(): void;
}

export function pushMetrics(state: { connections(kind: Kind): number; watched(): number }): PushMetrics {
  const meter = metrics.getMeter('tradewind.push');
  meter
    .createObservableGauge('push_connections', { description: 'Connected clients by kind' })
    .addCallback((result) => {
      for (const kind of ['ws', 'sse'] as const) result.observe(state.connections(kind), { kind });
    });
  meter
    .createObservableGauge('push_watched_orders', {
      description: 'Orders that clients of this instance watch',
    })
    .addCallback((result) => result.observe(state.watched()));
  const sent = meter.createCounter('push_messages_total', { description: 'Messages sent to clients' });
  const cuts = meter.createCounter('push_cuts_total', {
    description: 'Clients that were cut: too slow, without a sign of life, too many messages, token over',
  });
  const resyncs = meter.createCounter('push_resyncs_total', {
    description: 'Times that every watched order was read again, as hints may have been lost',
  });
  const lag = meter.createHistogram('push_fanout_lag_ms', {
    description: 'Time from an event to its sending to clients',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000] },
  });
  for (const kind of ['ws', 'sse']) {
    sent.add(0, { kind });
    for (const why of ['slow', 'dead', 'rate', 'expired']) cuts.add(0, { kind, why });
  }
  resyncs.add(0);
  return {
    sent: (kind, clients) => sent.add(clients, { kind }),
    lag: (occurredAt) => lag.record(Math.max(0, Date.now() - Date.parse(occurredAt))),
    cut: (kind, why) => cuts.add(1, { kind, why }),
    resynced: () => resyncs.add(1),
  };
}
