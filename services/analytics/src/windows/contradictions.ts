import type { Mismatch } from '@tradewind/outbox/parity.ts';
import type { Database } from '@tradewind/postgres/database.ts';

// One statement, one snapshot: the windows go on meanwhile, but each transaction writes both.
const sizes = `
  with live as (select version from projections where name = $1 and state = 'live')
  select k.store_id as "storeId", w.size as key, k.told as source, w.told as projection
  from (
    select store_id, concat_ws(' ', sum(captured_minor), sum(refunded_minor)) as told
    from window_keys where build = (select version from live) group by store_id) k
  join (
    select store_id, size, concat_ws(' ', sum(gross_minor), sum(refunded_minor)) as told
    from window_revenue where build = (select version from live) group by store_id, size) w on w.store_id = k.store_id
  where k.told <> w.told order by 1, 2`;

/**
 * Where the windows of one size hold other amounts than the orders that they were summed from. That these are right is for `tw
 * reconcile` A1 to say: the databases of orders and payments are not this service's to read.
 */
export const contradictions = (db: Database, projection: string): Promise<readonly Mismatch[]> =>
  db.transaction('', (tx) => tx.query<Mismatch>(sizes, [projection]));
