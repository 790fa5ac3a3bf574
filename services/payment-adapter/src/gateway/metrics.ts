import { metrics } from '@opentelemetry/api';
import type { Breaker } from './breaker.ts';
import type { Try } from './carry-out.ts';

const states = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

export function callMetrics(): (made: Try) => void {
  const meter = metrics.getMeter('tradewind.payment');
  const calls = meter.createHistogram('payment_gateway_call_ms', {
    description: 'Calls to the payment gateway by channel and outcome',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [2, 5, 10, 25, 50, 100, 250, 500, 1_000, 1_500, 3_000] },
  });
  return ({ channel, action, outcome, durationMs }) => calls.record(durationMs, { channel, action, outcome });
}

export function breakerMetric(breaker: Breaker): void {
  const meter = metrics.getMeter('tradewind.payment');
  meter
    .createObservableGauge('payment_breaker_state', {
      description: 'Breaker over SOAP: 0 closed, 1 half open, 2 open',
    })
    .addCallback((result) => result.observe(states[breaker.state], { channel: 'SOAP' }));
}
