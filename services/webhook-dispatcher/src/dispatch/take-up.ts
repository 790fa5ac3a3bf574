import type { Database } from '@tradewind/postgres/database.ts';

const release = `
  update webhook_deliveries set next_attempt_at = least(next_attempt_at, now()), leased_until = null, leased_by = null
  where leased_by = $1 and status = 'PENDING' and leased_until > now()
    and next_attempt_at <> 'infinity'`;

/**
 * What this process had in hand when it died is due at once: nobody else has its name. What somebody else had becomes due
 * when the lease is over.
 * @param systemDb sees every tenant
 */
export const takeUp = (systemDb: Database, instance: string): Promise<unknown> =>
  systemDb.transaction('', (tx) => tx.query(release, [instance]));
