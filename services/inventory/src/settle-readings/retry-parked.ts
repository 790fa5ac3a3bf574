import type { DeviceReading } from '@tradewind/contracts/device-reading.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import { claimDue, noteFailure, publishDeadLetter, unpark } from '@tradewind/outbox/parked.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import { errorOf } from '@tradewind/messaging/dead-letter.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import { lockOpen } from '#reading-table.ts';
import { MAX_ON_HAND } from '#stock/stock.ts';
import { READINGS_CONSUMER, readMessage } from '#take-readings/consumer.ts';
import type { DeviceMetrics } from '#take-readings/metrics.ts';
import { takeAgain, takeReadings, type TakeReadingsDeps } from '#take-readings/take.ts';
import { settleReadings } from './settle.ts';

const EVERY_MS = 1_000;
const LIMIT = 500;

// What fits by itself. Of several that do not fit together the first ones are applied, the others wait on.
const due = `
  select r.store_id as tenant, r.reading_id as "readingId"
  from device_reading r join inventory_stock s
    on s.store_id = r.store_id and s.location_id = r.location_id and s.sku = r.sku
  where r.state = 'PARKED' and s.on_hand + r.delta between s.reserved and ${MAX_ON_HAND}
  order by r.store_id, r.arrival limit ${LIMIT}`;

const found = `
  select r.store_id as tenant, r.reading_id as "readingId", r.reading, r.correlation_id as "correlationId"
  from device_reading r
  where r.state = 'PARKED' and r.cause = 'UNKNOWN_LOCATION'
    and exists (select from inventory_location l where l.location_id = r.location_id)
  order by r.arrival limit ${LIMIT}`;

export interface RetryParkedOptions extends TakeReadingsDeps {
  readonly systemDb: Database;
  readonly metrics: DeviceMetrics;
  readonly log: Logger;
}

/**
 * Tries what is parked as soon as the stock can take it, and dead letters when an operator says so. Every instance does:
 * the rows' locks decide, and what was applied is parked no more.
 */
export function retryParked(options: RetryParkedOptions): Periodic {
  const { log } = options;

  async function round(stopping: () => boolean): Promise<void> {
    while (!stopping() && (await applyDue(options)) === LIMIT);
    await takeFound(options);
    await retryLetters(options);
  }

  return periodically({ name: 'parked readings', everyMs: EVERY_MS, round, log });
}

/** How many it tried. */
async function applyDue(options: RetryParkedOptions): Promise<number> {
  const { systemDb, db, metrics } = options;
  const rows = await systemDb.transaction('', (tx) => tx.query<{ tenant: string; readingId: string }>(due));
  failpoint('parked.found');
  for (const [tenant, own] of Map.groupBy(rows, (row) => row.tenant)) {
    const { applied } = await db.transaction(tenant, async (tx) => {
      const open = await lockOpen(
        tx,
        own.map(({ readingId }) => readingId),
      );
      return settleReadings(
        tx,
        options,
        open.filter(({ state }) => state === 'PARKED'),
        null,
      );
    });
    failpoint('parked.applied');
    metrics.later(applied);
    if (applied > 0) options.wakeRelay();
  }
  return rows.length;
}

/** Their tenant is known only now: they are taken as if they had just come. */
async function takeFound(options: RetryParkedOptions): Promise<void> {
  type Row = { tenant: string; readingId: string; reading: DeviceReading; correlationId: string };
  const rows = await options.systemDb.transaction('', (tx) => tx.query<Row>(found));
  if (rows.length === 0) return;
  const waiting = rows.map(({ tenant, readingId, reading, correlationId }) => ({
    tenant,
    arrived: { reading, fallbackId: readingId, context: { correlationId, causationId: null } },
  }));
  options.metrics.taken(await takeAgain(options, waiting));
}

async function retryLetters(options: RetryParkedOptions): Promise<void> {
  const { systemDb } = options;
  const letters = await systemDb.transaction('', (tx) => claimDue(tx, [READINGS_CONSUMER], 50));
  for (const { id, attempts, message } of letters) {
    try {
      const read = readMessage(message);
      if ('error' in read) throw read.error;
      await takeReadings(options, [read.arrived]);
      await systemDb.transaction('', (tx) => unpark(tx, id));
    } catch (error) {
      const failure = { ...errorOf(error), attempts: attempts + 1, retryIn: undefined };
      await systemDb.transaction('', async (tx) => {
        await noteFailure(tx, id, failure);
        await publishDeadLetter(tx, READINGS_CONSUMER, message, failure);
      });
    }
  }
}
