import { metrics } from '@opentelemetry/api';
import { READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import type { Outgoing } from '#translate.ts';

export interface BridgeMetrics {
  /** What Kafka has taken. */
  forwarded(batch: readonly Outgoing[]): void;
  /** A try to publish that Kafka did not take. */
  failed(): void;
  /** Told at each scrape. */
  waiting(count: () => number): void;
}

export function bridgeMetrics(): BridgeMetrics {
  const meter = metrics.getMeter('tradewind.iot-bridge');
  const readings = meter.createCounter('iot_readings_total', {
    description: 'Messages of devices that are in Kafka, by where: inventory or dead-letter',
  });
  const failures = meter.createCounter('iot_publish_failures_total', {
    description: 'Tries to publish that Kafka did not take',
  });
  const held = meter.createObservableGauge('iot_readings_unacknowledged', {
    description: 'Messages taken from the MQTT broker and not yet acknowledged',
  });
  for (const to of ['inventory', 'dead-letter']) readings.add(0, { to });
  return {
    forwarded(batch) {
      const good = batch.filter(({ topic }) => topic === READINGS_TOPIC).length;
      if (good > 0) readings.add(good, { to: 'inventory' });
      if (good < batch.length) readings.add(batch.length - good, { to: 'dead-letter' });
    },
    failed: () => failures.add(1),
    waiting: (count) => held.addCallback((result) => result.observe(count())),
  };
}
