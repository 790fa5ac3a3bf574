import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import type { Message } from '@tradewind/messaging/message.ts';
import { failpoint } from '@tradewind/outbox/failpoints.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { giveHeads } from '#dispatch/lanes.ts';

export interface NewDelivery {
  readonly message: Message;
  readonly event: AnyEvent;
  readonly body: string;
  readonly subscriptionIds: readonly string[];
}

const lock = `
  select subscription_id as id from webhook_subscriptions
  where store_id = $1 and subscription_id = any($2) and status <> 'DELETED'
  order by subscription_id for no key update`;

const insertEvents = `
  insert into webhook_events (store_id, event_id, event_type, topic, partition_key, correlation_id, body)
  select $1, event_id, event_type, topic, partition_key, correlation_id, body
  from json_to_recordset($2) as r (event_id uuid, event_type text, topic text, partition_key text, correlation_id text,
    body text)
  on conflict do nothing`;

// The numbers of order are drawn in the order of the events.
const insertDeliveries = `
  insert into webhook_deliveries (store_id, delivery_id, subscription_id, event_id, topic, partition_key)
  select $1, delivery_id, subscription_id, event_id, topic, partition_key
  from json_to_recordset($2) as r (n int, delivery_id text, subscription_id text, event_id uuid, topic text,
    partition_key text)
  order by n
  on conflict on constraint webhook_deliveries_once do nothing
  returning subscription_id as "subscriptionId", topic, partition_key as "partitionKey"`;

/** Stores deliveries under the locks of their subscriptions; those that are there already stay as they are. */
export async function saveIntake(
  tx: Transaction,
  found: readonly NewDelivery[],
): Promise<{ deliveries: number; active: ReadonlySet<string> }> {
  const wanted = [...new Set(found.flatMap(({ subscriptionIds }) => subscriptionIds))];
  if (wanted.length === 0) return { deliveries: 0, active: new Set() };
  const there = new Set((await tx.query<{ id: string }>(lock, [tx.storeId, wanted])).map(({ id }) => id));
  const events = found.filter(({ subscriptionIds }) => subscriptionIds.some((id) => there.has(id)));
  await tx.query(insertEvents, [
    tx.storeId,
    JSON.stringify(
      events.map(({ message, event, body }) => ({
        event_id: event.eventId,
        event_type: event.eventType,
        topic: message.topic,
        partition_key: message.key,
        correlation_id: event.correlationId,
        body,
      })),
    ),
  ]);
  const rows = events.flatMap(({ message, event, subscriptionIds }) =>
    subscriptionIds
      .filter((id) => there.has(id))
      .map((subscription_id) => ({
        ...{ delivery_id: newId(), subscription_id, event_id: event.eventId },
        ...{ topic: message.topic, partition_key: message.key },
      })),
  );
  const numbered = rows.map((row, n) => ({ n, ...row }));
  type Row = { subscriptionId: string; topic: string; partitionKey: string };
  const stored = await tx.query<Row>(insertDeliveries, [tx.storeId, JSON.stringify(numbered)]);
  failpoint('intake.saved');
  return { deliveries: stored.length, active: await giveHeads(tx, stored) };
}
