import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { periodically, type Periodic } from '@tradewind/outbox/periodically.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { ReservationMetrics } from '#metrics.ts';
import type { InventoryStore, StockCommand } from '#store.ts';
import { expireReservation } from './decide.ts';

const SWEEP_MS = 1_000;
const LIMIT = 1_000;

const due = `
  select store_id as "storeId", reservation_id as "reservationId" from stock_reservation
  where state = 'HELD' and line = 1 and expires_at <= now() order by expires_at limit ${LIMIT}`;

interface Due {
  readonly storeId: string;
  readonly reservationId: string;
}

export interface SweepOptions {
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly store: InventoryStore;
  readonly metrics: ReservationMetrics;
  readonly log: Logger;
}

/**
 * Lets reservations lapse within a second of their time, by the database's clock. Every instance sweeps: to expire one
 * twice is to expire it once.
 */
export function reservationSweep({ systemDb, store, metrics, log }: SweepOptions): Periodic {
  async function round(stopping: () => boolean): Promise<void> {
    for (;;) {
      const found = await systemDb.transaction('', (tx) => tx.query<Due>(due));
      if (found.length === 0) return;
      failpoint('sweep.found');
      const expired = await Promise.all(found.map((one) => expire(store, one)));
      failpoint('sweep.expired');
      metrics.expired(expired.filter(Boolean).length);
      if (found.length < LIMIT || stopping()) return;
    }
  }

  return periodically({ name: 'sweep', everyMs: SWEEP_MS, round, log });
}

/** Whether it lapsed now. */
function expire(store: InventoryStore, { storeId, reservationId }: Due): Promise<boolean> {
  const command: StockCommand<boolean> = {
    touches: { reservation: reservationId, existing: true },
    decide: (stock, now) => expireReservation(stock, reservationId, now),
    reply: (_stock, events) => events.length > 0,
  };
  return store.handle(command, { context: { storeId, correlationId: newId(), causationId: null } });
}
