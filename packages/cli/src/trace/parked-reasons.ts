import { hasTable } from '#reconcile/i7-applied-exactly-once.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';

/** Why events wait for a consumer, by `<consumer> <event>`. */
export async function parkedReasons(
  stack: RunningStack,
  database: string,
  consumers: readonly string[],
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (!(await hasTable(stack, database, 'parked_events'))) return new Map();
  const rows = await stack.query<{ name: string; reason: string }>(
    database,
    `select consumer || ' ' || (headers->>'eventId') as name,
       coalesce(error_code || ': ' || error, 'waits behind an earlier event of its key') as reason
     from parked_events where consumer = any($1) and headers->>'eventId' = any($2)`,
    [consumers, eventIds],
  );
  return new Map(rows.map(({ name, reason }) => [name, reason]));
}
