import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@tradewind/postgres/database.ts';

const POLL_MS = 50;
/** The broker may be away: then nobody knows more than is in the log. */
const PATIENCE_MS = 30_000;

const newest = 'select coalesce(max(id), 0) as id from outbox';
// What stands behind a parked event waits for an operator.
const waits = `
  select exists (select from outbox o where id <= $1 and parked_reason is null and not exists (
    select from outbox p where p.parked_reason is not null and p.topic = o.topic and p.partition_key = o.partition_key)
  ) as waits`;

/** Resolves when what is in the service's outbox now has been published, at the latest after half a minute. */
export async function untilPublished(systemDb: Database, signal: AbortSignal): Promise<void> {
  const [last] = await systemDb.transaction('', (tx) => tx.query<{ id: bigint }>(newest));
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
    const [found] = await systemDb.transaction('', (tx) => tx.query<{ waits: boolean }>(waits, [last?.id]));
    if (found?.waits !== true) return;
    await delay(POLL_MS, undefined, { signal });
  }
}
