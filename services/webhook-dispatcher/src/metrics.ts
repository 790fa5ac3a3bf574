import { metrics } from '@opentelemetry/api';
import type { Claimed } from '#dispatch/claim.ts';
import type { Attempt } from '#send/sender.ts';

export interface WebhookMetrics {
  /** An attempt begins. */
  started(claimed: Pick<Claimed, 'dueAt'>): void;
  ended(attempt: Attempt, status: string): void;
  tookIn(deliveries: number): void;
  woken(by: 'broker' | 'sweeper'): void;
  /** Told to nobody, as the broker is away. */
  wakeLost(count: number): void;
}

export function webhookMetrics(inFlight: () => number): WebhookMetrics {
  const meter = metrics.getMeter('tradewind.webhooks');
  const advice = { explicitBucketBoundaries: [1, 2, 5, 10, 20, 30, 50, 100, 200, 500, 1_000, 5_000, 15_000] };
  const wait = meter.createHistogram('webhook_dispatch_wait_ms', {
    description: 'From when a delivery was due to the begin of its attempt',
    unit: 'ms',
    advice,
  });
  const duration = meter.createHistogram('webhook_attempt_ms', {
    description: 'How long endpoints take',
    unit: 'ms',
    advice,
  });
  const attempts = meter.createCounter('webhook_attempts_total', {
    description: 'Attempts, by what became of the delivery (PENDING: it is tried again)',
  });
  for (const status of ['DELIVERED', 'FAILED', 'REFUSED', 'PENDING', 'STALE']) attempts.add(0, { status });
  const taken = meter.createCounter('webhook_deliveries_total', {
    description: 'Deliveries that events led to',
  });
  const wakes = meter.createCounter('webhook_wakes_total', {
    description: 'Subscriptions looked at because the broker, or the sweeper, said so',
  });
  const lost = meter.createCounter('webhook_wakes_lost_total', {
    description: 'Wake-ups that the broker did not take: this process, or the sweeper, does without',
  });
  meter
    .createObservableGauge('webhook_in_flight', { description: 'Attempts that this process has in hand' })
    .addCallback((result) => result.observe(inFlight()));
  return {
    started: ({ dueAt }) => wait.record(Math.max(Date.now() - dueAt.getTime(), 0)),
    ended(attempt, status) {
      duration.record(attempt.durationMs, { outcome: attempt.error === undefined ? 'taken' : 'failed' });
      attempts.add(1, { status });
    },
    tookIn: (deliveries) => taken.add(deliveries),
    woken: (by) => wakes.add(1, { by }),
    wakeLost: (count) => lost.add(count),
  };
}
