import { metrics } from '@opentelemetry/api';
import type { HealthCheck } from './health.ts';

/** Exports what the consumers' health check has measured; where the broker did not answer there is no value. */
export function exportConsumerLag(consumers: HealthCheck): void {
  metrics
    .getMeter('tradewind.consumers')
    .createObservableGauge('consumer_lag_messages', {
      description: 'Messages that a consumer group has not committed, by consumer',
    })
    .addCallback(async (result) => {
      const { detail } = await consumers.check();
      for (const [consumer, state] of Object.entries((detail ?? {}) as Record<string, { lag?: unknown }>)) {
        if (typeof state.lag === 'number') result.observe(state.lag, { consumer });
      }
    });
}
