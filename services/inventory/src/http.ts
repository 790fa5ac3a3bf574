import type { HttpApp } from '@tradewind/service/http.ts';
import { registerAdjustStock } from '#adjust-stock/http.ts';
import { registerConfirmReservation } from '#confirm-reservation/http.ts';
import type { ReservationMetrics } from '#metrics.ts';
import { registerReadReservation } from '#read-reservation/http.ts';
import { registerReadSnapshot } from '#read-snapshot/http.ts';
import type { SnapshotsOf } from '#read-snapshot/snapshots.ts';
import { registerReadStock } from '#read-stock/http.ts';
import { registerLowStock } from '#read-stock/low-stock.ts';
import type { StockQueries } from '#read-stock/queries.ts';
import { registerDrift } from '#reconcile/http.ts';
import { registerReleaseReservation } from '#release-reservation/http.ts';
import { registerReserveStock } from '#reserve-stock/http.ts';
import { registerSetStock } from '#set-stock/http.ts';
import type { InventoryStore } from '#store.ts';
import type { CatchUpDeps } from '#sync/catch-up.ts';
import { registerSync } from '#sync/http.ts';

export interface HttpDeps extends CatchUpDeps {
  readonly store: InventoryStore;
  readonly queries: StockQueries;
  readonly metrics: ReservationMetrics;
  readonly snapshots: SnapshotsOf;
  readonly ttlMs: number;
}

/** The REST surface. */
export function registerRoutes(app: HttpApp, deps: HttpDeps): void {
  const { store, queries, db } = deps;
  registerReadStock(app, queries, db);
  registerSetStock(app, store);
  registerAdjustStock(app, store);
  registerReserveStock(app, deps);
  registerReadReservation(app, db);
  registerReleaseReservation(app, store);
  registerConfirmReservation(app, store);
  registerLowStock(app, db);
  registerReadSnapshot(app, deps.db, deps.snapshots);
  registerSync(app, deps);
  registerDrift(app, db);
}
