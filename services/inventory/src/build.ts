import { eventServiceComponents, openEventService } from '@tradewind/service/event-service.ts';
import type { Component, Foundation } from '@tradewind/service/start.ts';
import { registerAdjustStock } from '#adjust-stock/http.ts';
import type { Config } from '#config.ts';
import { registerConfirmReservation } from '#confirm-reservation/http.ts';
import { reservationSweep } from '#expire-reservations/sweep.ts';
import { inventoryGrpc } from '#grpc.ts';
import { reservationMetrics } from '#metrics.ts';
import { onOrderCanceled } from '#on/order-canceled.ts';
import { onOrderExpired } from '#on/order-expired.ts';
import { onOrderPaid } from '#on/order-paid.ts';
import { projections } from '#projections.ts';
import { registerReadReservation } from '#read-reservation/http.ts';
import { registerReadSnapshot } from '#read-snapshot/http.ts';
import { registerReadStock } from '#read-stock/http.ts';
import { registerLowStock } from '#read-stock/low-stock.ts';
import { stockQueries } from '#read-stock/queries.ts';
import { registerDrift } from '#reconcile/http.ts';
import { registerReleaseReservation } from '#release-reservation/http.ts';
import { registerReserveStock } from '#reserve-stock/http.ts';
import { registerSetStock } from '#set-stock/http.ts';
import { inventoryStore } from '#store.ts';
import { registerSync } from '#sync/http.ts';

/** The inventory service, wired by hand. */
export async function build(config: Config, foundation: Foundation): Promise<Component[]> {
  const { log } = foundation;
  const service = await openEventService('inventory', config, foundation);
  const { app, db, systemDb, broker, relay, tokens } = service;
  const wakeRelay = () => relay.wake();
  const store = inventoryStore(db, service.encoder, wakeRelay);
  const queries = stockQueries(db);
  const metrics = reservationMetrics();
  const reserving = { store, queries, metrics, ttlMs: config.RESERVATION_TTL_MS };

  registerReadStock(app, queries);
  registerSetStock(app, store);
  registerAdjustStock(app, store);
  registerReserveStock(app, reserving);
  registerReadReservation(app, db);
  registerReleaseReservation(app, store);
  registerConfirmReservation(app, store);
  registerLowStock(app, db);
  registerReadSnapshot(app, db);
  registerSync(app, { db, systemDb, log: broker, wakeRelay });
  registerDrift(app, db);

  return eventServiceComponents('inventory', config, foundation, service, {
    deps: { store },
    reactions: [onOrderPaid, onOrderCanceled, onOrderExpired],
    projections,
    components: [
      inventoryGrpc(reserving, { host: config.HOST, port: config.GRPC_PORT, tokens, log }),
      reservationSweep({ systemDb, store, metrics, log }),
    ],
  });
}
