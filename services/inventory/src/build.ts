import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import { openCaches } from '#cache/open-caches.ts';
import type { Config } from '#config.ts';
import { reservationSweep } from '#expire-reservations/sweep.ts';
import { registerGraphql } from '#graphql/subgraph.ts';
import { inventoryGrpc } from '#grpc.ts';
import { buildDevices } from '#build-devices.ts';
import { registerRoutes } from '#http.ts';
import { reservationMetrics } from '#metrics.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onOrderExpired } from '#on/order-expired.ts';
import { onOrderPaid } from '#on/order-paid.ts';
import { onOrderReturned } from '#on/order-returned.ts';
import { projections } from '#projections.ts';
import { snapshotReader } from '#read-snapshot/snapshots.ts';
import { stockQueries } from '#read-stock/queries.ts';
import { availableReader } from '#stock-levels/available.ts';
import { inventoryStore } from '#store.ts';

/** The inventory service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log } = foundation;
  const service = await openEventService('inventory', config, foundation);
  const { app, db, systemDb, broker, relay, tokens } = service;
  const wakeRelay = () => relay.wake();
  const store = inventoryStore(db, service.encoder, wakeRelay);
  const metrics = reservationMetrics();
  const caches = openCaches(config.REDIS_URL, service, foundation);
  const queries = stockQueries(db);
  const available = availableReader(caches.levels, queries);
  const deps = { store, queries, available, metrics, ttlMs: config.RESERVATION_TTL_MS };

  const snapshots = snapshotReader(db, service.stores);
  registerGraphql(app, { snapshots, cache: caches.graph, introspection: config.TW_GRAPHQL_INTROSPECTION });
  registerRoutes(app, { ...deps, snapshots, db, systemDb, log: broker, wakeRelay });
  const devices = buildDevices(service, wakeRelay, foundation);
  const components = eventServiceComponents('inventory', config, foundation, service, {
    deps: { store },
    reactions: [onOrderPaid, onOrderCanceled, onOrderExpired, onOrderReturned],
    projections,
    consumers: () => [...devices.consumers(), ...caches.consumers],
    components: [
      inventoryGrpc(deps, { host: config.HOST, port: config.GRPC_PORT, tokens, log }),
      ...devices.components,
      reservationSweep({ systemDb, store, metrics, log }),
      ...caches.feeds,
    ],
  });
  return [...caches.connections, ...components];
}
