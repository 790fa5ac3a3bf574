import { countReads } from '@tradewind/cache/cache-metrics.ts';
import { createCopyFeed } from '@tradewind/cache/event-feed.ts';
import { openVersionedCopies } from '@tradewind/cache/versioned-copies.ts';
import { eventDefinitions } from '@tradewind/contracts/event.ts';
import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import { closing, type Component, type Foundation } from '@tradewind/service/start.ts';
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
import { stockQueries } from '#read-stock/queries.ts';
import { inventoryStore } from '#store.ts';

/** Of `gql:product:{id}`, should events stop coming. */
const GRAPH_TTL_MS = 30_000;

/** The inventory service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log, crash } = foundation;
  const service = await openEventService('inventory', config, foundation);
  const { app, db, systemDb, broker, relay, tokens } = service;
  const wakeRelay = () => relay.wake();
  const store = inventoryStore(db, service.encoder, wakeRelay);
  const metrics = reservationMetrics();
  const deps = { store, queries: stockQueries(db), metrics, ttlMs: config.RESERVATION_TTL_MS };

  const cache = openVersionedCopies({
    ...{ url: config.REDIS_URL, prefix: 'gql:product:', part: 'inventory', ttlMs: GRAPH_TTL_MS, log },
    counts: countReads('gql_inventory'),
  });

  registerGraphql(app, { db, cache, introspection: config.TW_GRAPHQL_INTROSPECTION });
  registerRoutes(app, { ...deps, db, systemDb, log: broker, wakeRelay });
  const devices = buildDevices(service, wakeRelay, foundation);
  const components = eventServiceComponents('inventory', config, foundation, service, {
    deps: { store },
    reactions: [onOrderPaid, onOrderCanceled, onOrderExpired, onOrderReturned],
    projections,
    components: [
      inventoryGrpc(deps, { host: config.HOST, port: config.GRPC_PORT, tokens, log }),
      ...devices,
      reservationSweep({ systemDb, store, metrics, log }),
      createCopyFeed({
        ...{ broker, copies: [cache], log, onCrash: crash },
        group: 'inventory.graphql-cache',
        topic: eventDefinitions['ecommerce.inventory.stock.adjusted.v1'].topic,
      }),
    ],
  });
  return [closing('graphql cache', () => cache.close()), ...components];
}
