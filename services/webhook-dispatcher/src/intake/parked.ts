import { claimDue, noteFailure, unpark } from '@tradewind/outbox/parked.ts';
import { type Periodic, periodically } from '@tradewind/outbox/periodically.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { WakeUps } from '#dispatch/wake-ups.ts';
import { saveIntake } from './rows.ts';
import { INTAKE, readEvent, type TakeInDeps } from './take-in.ts';

const POLL_MS = 1_000;
const LIMIT = 50;

export interface ParkedIntakeOptions extends TakeInDeps {
  readonly db: Database;
  /** Sees every tenant. */
  readonly systemDb: Database;
  readonly wakeUps: WakeUps;
  readonly log: Logger;
}

/** Tries again what an operator has said to (`tw dlq retry`), and then what waits behind it. */
export function parkedIntake({ db, systemDb, wakeUps, log, decode, wanting }: ParkedIntakeOptions): Periodic {
  async function round(stopping: () => boolean): Promise<void> {
    const next = () => systemDb.transaction('', (tx) => claimDue(tx, [INTAKE], LIMIT));
    for (let due = await next(); due.length > 0 && !stopping(); due = await next()) {
      for (const { id, attempts, message } of due) {
        const storeId = message.headers['storeId'] ?? '';
        const wakes = await db.transaction(storeId, async (tx) => {
          const read = await readEvent(message, decode);
          if ('failure' in read) {
            await noteFailure(tx, id, { ...read.failure, attempts: attempts + 1 });
            return [];
          }
          const { eventType, occurredAt } = read.event;
          const subscriptionIds = (await wanting(tx)).ids(eventType, occurredAt);
          const { active } = await saveIntake(tx, [{ message, ...read, subscriptionIds }]);
          await unpark(tx, id);
          return [...active];
        });
        wakeUps.now(wakes.map((subscriptionId) => ({ storeId, subscriptionId })));
      }
    }
  }

  return periodically({ name: 'parked events', everyMs: POLL_MS, round, log });
}
