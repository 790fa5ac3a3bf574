import type { Log as BrokerLog } from '@tradewind/messaging/log.ts';
import type { Projection } from '@tradewind/outbox/projection.ts';
import { checkpointsOf, countOf, pinRanges, restOf } from '@tradewind/outbox/replay-ranges.ts';
import type { Database } from '@tradewind/postgres/database.ts';

/** Events of a projection's topics that a version has not applied yet. */
export async function projectionLag(
  db: Database,
  log: BrokerLog,
  { name, topics }: Projection,
  version: number,
): Promise<number> {
  const [ranges, reached] = await Promise.all([pinRanges(log, topics), checkpointsOf(db, name, version)]);
  return Number(countOf(restOf(ranges, reached)));
}
