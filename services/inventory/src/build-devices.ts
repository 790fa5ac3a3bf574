import type { Consumer } from '@tradewind/service/consumer-health.ts';
import { type EventService, inBackground } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import { registerDeviceRules } from '#device-rules/http.ts';
import { rulesStore } from '#device-rules/rules-store.ts';
import { registerReadDevices } from '#read-devices/http.ts';
import { deviceQueries } from '#read-devices/queries.ts';
import { registerReleaseDevice } from '#release-device/http.ts';
import { registerSettleReadings } from '#settle-readings/http.ts';
import { retryParked } from '#settle-readings/retry-parked.ts';
import { createSkuCache } from '#stock-load.ts';
import { READINGS_CONSUMER, readingsConsumer } from '#take-readings/consumer.ts';
import { deviceMetrics } from '#take-readings/metrics.ts';
import { placeFinder } from '#take-readings/place.ts';

/** What devices report, and what staff says of them. */
export function buildDevices(
  { app, db, systemDb, broker, encoder }: EventService,
  wakeRelay: () => void,
  { log, crash }: Foundation,
): { readonly components: Component[]; readonly consumers: () => readonly Consumer[] } {
  const metrics = deviceMetrics(systemDb);
  const deps = {
    ...{ db, systemDb, encoder, skus: createSkuCache(), wakeRelay, metrics, log },
    findPlaces: placeFinder(systemDb),
  };
  registerReadDevices(app, deviceQueries(db));
  registerDeviceRules(app, rulesStore(deps));
  registerReleaseDevice(app, deps);
  registerSettleReadings(app, deps);
  const consumer = readingsConsumer({ ...deps, broker, onCrash: crash });
  return {
    components: [retryParked(deps), inBackground('device readings', consumer, log)],
    consumers: () => [{ name: READINGS_CONSUMER, subscription: consumer.subscription }],
  };
}
