import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import type { Config } from './config.ts';
import { inventoryGrpc } from './grpc.ts';
import { reservationMetrics } from './metrics.ts';
import { stockQueries } from './read-stock/queries.ts';
import { inventoryStore } from './store.ts';

export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const service = await openEventService('inventory', config, foundation);
  const store = inventoryStore(service.db, service.encoder, () => service.relay.wake());
  const queries = stockQueries(service.db);
  const metrics = reservationMetrics();
  const grpc = inventoryGrpc(
    { store, queries, metrics, ttlMs: config.RESERVATION_TTL_MS },
    { host: config.HOST, port: config.GRPC_PORT, tokens: service.tokens, log: foundation.log },
  );
  return eventServiceComponents('inventory', config, foundation, service, {
    deps: { store },
    components: [grpc],
  });
}
