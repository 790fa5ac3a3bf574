import { hostname } from 'node:os';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Logger } from '@tradewind/service/logger.ts';
import type { BreakerChange } from './breaker.ts';

const insert = `
  insert into breaker_history (store_id, channel, state, reason, instance) values ('SYSTEM', 'SOAP', $1, $2, $3)`;

/** Keeps the breaker's changes for operators. A change that could not be stored is in the log all the same. */
export function breakerHistory(db: Database, log: Logger): (change: BreakerChange) => void {
  const instance = `${hostname()}:${process.pid}`;
  // One after the other, so that the rows stand in the order of the changes.
  let last: Promise<unknown> = Promise.resolve();
  return ({ state, reason }) => {
    log.warn({ state, reason }, 'breaker over SOAP');
    last = last
      .then(() => db.transaction('SYSTEM', (tx) => tx.query(insert, [state, reason, instance])))
      .catch((error: unknown) => log.warn({ error: String(error), state }, 'breaker history not stored'));
  };
}
