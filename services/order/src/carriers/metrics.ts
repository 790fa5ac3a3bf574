import { metrics } from '@opentelemetry/api';
import type { Breaker } from './breaker.ts';
import type { CarrierCode } from './carrier.ts';

const states = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

/** One call that was made. */
export interface Try {
  readonly operation: string;
  /** DONE, the code of a refusal, or the code of a failure. */
  readonly outcome: string;
  readonly durationMs: number;
}

export function carrierMetrics(carrier: CarrierCode, breaker: Breaker): (made: Try) => void {
  const meter = metrics.getMeter('tradewind.order');
  const calls = meter.createHistogram('carrier_call_ms', {
    description: 'Calls to carriers by operation and outcome',
    unit: 'ms',
    advice: { explicitBucketBoundaries: [2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_000, 5_000] },
  });
  meter
    .createObservableGauge('carrier_breaker_state', {
      description: 'Breaker over a carrier: 0 closed, 1 half open, 2 open',
    })
    .addCallback((result) => result.observe(states[breaker.state], { carrier }));
  return ({ operation, outcome, durationMs }) => calls.record(durationMs, { carrier, operation, outcome });
}
