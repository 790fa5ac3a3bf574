import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import { releaseCodes } from './uses.ts';

const LAPSE_MS = 1_000;
const LIMIT = 1_000;

const due = `
  select store_id as "storeId", order_id as "orderId" from discount_code_uses
  where state = 'HELD' and expires_at <= now() order by expires_at limit ${LIMIT}`;

/**
 * Gives back the uses that were held for orders which never came to be, within a second of their time by the database's
 * clock. Every instance does: to give one back twice is to give it back once.
 */
export function lapsedCodes(options: {
  readonly db: Database;
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly log: Logger;
}): Periodic {
  const { db, systemDb, log } = options;

  async function round(): Promise<void> {
    const found = await systemDb.transaction('', (tx) => tx.query<{ storeId: string; orderId: string }>(due));
    if (found.length === 0) return;
    failpoint('lapse.found');
    for (const [storeId, rows] of Map.groupBy(found, (row) => row.storeId)) {
      const orders = rows.map(({ orderId }) => orderId);
      await db.transaction(storeId, (tx) => releaseCodes(tx, orders, { lapsed: true }));
    }
    failpoint('lapse.released');
  }

  return periodically({ name: 'lapsed codes', everyMs: LAPSE_MS, round, log });
}
