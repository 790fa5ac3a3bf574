import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** What keeps its order: one resource's events for one subscription. */
export interface Lane {
  readonly subscriptionId: string;
  readonly topic: string;
  readonly partitionKey: string;
}

const promote = `
  with lane as (
    select distinct subscription_id, topic, partition_key
    from json_to_recordset($2) as r (subscription_id text, topic text, partition_key text)
  ), first as (
    select l.subscription_id, f.delivery_id from lane l cross join lateral (
      select d.delivery_id from webhook_deliveries d
      where d.subscription_id = l.subscription_id and d.topic = l.topic and d.partition_key = l.partition_key
        and d.status = 'PENDING'
      order by d.seq limit 1
    ) f
    where not exists (
      select from webhook_deliveries h
      where h.subscription_id = l.subscription_id and h.topic = l.topic and h.partition_key = l.partition_key
        and h.status = 'PENDING' and h.next_attempt_at is not null)
  )
  update webhook_deliveries d
  set next_attempt_at = case s.status when 'ACTIVE' then now() else 'infinity'::timestamptz end
  from first f join webhook_subscriptions s on s.store_id = $1 and s.subscription_id = f.subscription_id
  where d.store_id = $1 and d.delivery_id = f.delivery_id
  returning d.subscription_id as "subscriptionId"`;

/**
 * Gives each of these lanes a head where it has none and something waits. Answers the subscriptions that have more to do
 * now. The caller holds their locks: whoever adds to a lane and whoever takes its head away never miss each other.
 */
export async function giveHeads(tx: Transaction, lanes: readonly Lane[]): Promise<ReadonlySet<string>> {
  if (lanes.length === 0) return new Set();
  const json = lanes.map(({ subscriptionId, topic, partitionKey }) => ({
    subscription_id: subscriptionId,
    topic,
    partition_key: partitionKey,
  }));
  const rows = await tx.query<{ subscriptionId: string }>(promote, [tx.storeId, JSON.stringify(json)]);
  return new Set(rows.map(({ subscriptionId }) => subscriptionId));
}
