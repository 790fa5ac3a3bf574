import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { FlashMap } from './flash-map.ts';
import { runningSales } from './running-sales.ts';

const CHECK_MS = 2_000;

/** Fills a map that was lost: events tell only what changes from then on. Its states are older than no event's. */
export function flashMapRefill(options: {
  readonly map: FlashMap;
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly log: Logger;
}): Periodic {
  const { map, systemDb, log } = options;

  async function round(): Promise<void> {
    // One that is away is told of by its health check, and asked again.
    const complete = await map.complete().catch(() => true);
    if (complete) return;
    const states = await runningSales(systemDb);
    for (const state of states) await map.set(state);
    await map.markComplete();
    log.info({ sales: states.length }, 'the map of flash prices was filled');
  }

  return periodically({ name: 'flash map', everyMs: CHECK_MS, round, log, atOnce: true });
}
