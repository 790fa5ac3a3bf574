import type { RunningStack } from '#reconcile/running-stack.ts';
import type { AppliedReading, OpenReading, Stored } from './compare.ts';
import type { SentLedger } from './reading.ts';

const LETTERS = 'dlq.iot-bridge';

const applied = `
  select device_id as "deviceId", seq::float8 as seq, sku, delta from inventory_adjustment
  where store_id = $1 and sku = any($2) and device_id is not null`;
const open = `
  select device_id as "deviceId", seq::float8 as seq, state from device_reading
  where store_id = $1 and sku = any($2) and device_id is not null`;
// What others did after the count that began it: buyers, staff, another count.
const onHand = `
  select s.sku, s.on_hand - coalesce(sum(a.delta) filter (where not a.first), 0)::int as "onHand"
  from inventory_stock s left join (
    select *, row_number() over (partition by location_id, sku order by created_at, adjustment_id) = 1 as first
    from inventory_adjustment where store_id = $1 and sku = any($2) and device_id is null) a
    on a.location_id = s.location_id and a.sku = s.sku
  where s.store_id = $1 and s.location_id = $1 and s.sku = any($2) group by s.sku, s.on_hand`;

/** What became of what a fleet has sent. */
export async function storedOf(stack: RunningStack, sent: SentLedger): Promise<Stored> {
  const values = [sent.storeId, sent.stock.map(({ sku }) => sku)];
  const [rows, waiting, stock, letters] = await Promise.all([
    stack.query<AppliedReading>('inventory', applied, values),
    stack.query<OpenReading>('inventory', open, values),
    stack.query<{ sku: string; onHand: number }>('inventory', onHand, values),
    sent.garbage.length > 0 ? lettersOf(stack) : new Set<string>(),
  ]);
  const left = new Map(stock.map((row) => [row.sku, row.onHand]));
  return { applied: rows, open: waiting, letters, onHand: left };
}

async function lettersOf(stack: RunningStack): Promise<Set<string>> {
  const found = new Set<string>();
  for (const [partition, end] of await stack.log.endOffsets(LETTERS)) {
    if (end === 0n) continue;
    for await (const batch of stack.log.read(LETTERS, partition, 0n, end)) {
      for (const { value } of batch) found.add(value.toString());
    }
  }
  return found;
}
