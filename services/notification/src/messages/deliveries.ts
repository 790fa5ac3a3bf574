import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { ChannelName, Kind } from './kinds.ts';

/** A delivery that this process has taken for one try. */
export interface Due {
  readonly storeId: string;
  readonly deliveryId: string;
  readonly notificationId: string;
  readonly channel: ChannelName;
  readonly address: string;
  readonly subject: string | null;
  readonly body: string;
  /** Tries so far, with this one. Also says whose try it is: an answer to an earlier one no longer counts. */
  readonly attempts: number;
  readonly recipient: string;
  readonly kind: Kind;
  readonly category: string;
  readonly resource: string;
  readonly eventId: string;
  readonly correlationId: string;
}

// The try is counted before it is made: one that ends with the process has been made as well.
const claim = `
  with due as (
    select store_id, delivery_id, notification_id from notification_deliveries
    where channel = $1 and status = 'PENDING' and next_attempt_at <= now()
      and (leased_until is null or leased_until < now())
    order by next_attempt_at limit $2 for update skip locked)
  update notification_deliveries d set attempts = d.attempts + 1, leased_until = now() + $3 * interval '1 ms'
  from due join notifications n on n.store_id = due.store_id and n.notification_id = due.notification_id
  where d.store_id = due.store_id and d.delivery_id = due.delivery_id
  returning d.store_id as "storeId", d.delivery_id as "deliveryId", d.notification_id as "notificationId", d.channel,
    d.address, d.subject, d.body, d.attempts, n.recipient, n.template as kind, n.category, n.resource,
    n.event_id as "eventId", n.correlation_id as "correlationId"`;

/** Takes what is due, of every tenant, by the database's clock. Who dies with it leaves it to others after the lease. */
export const claimDue = (
  systemDb: Database,
  channel: ChannelName,
  limit: number,
  leaseMs: number,
): Promise<Due[]> => systemDb.transaction('', (tx) => tx.query<Due>(claim, [channel, limit, leaseMs]));

/** What becomes of a delivery after a try. */
export interface Settlement {
  readonly deliveryId: string;
  readonly attempts: number;
  readonly status: 'SENT' | 'FAILED' | 'PENDING';
  readonly code: string | null;
  readonly providerMessageId: string | null;
  /** Of PENDING: ms until the next try. */
  readonly retryInMs: number | null;
}

// Locked in the order of their ids: two settlements never wait for each other in a circle.
const lockOwn = `
  select d.delivery_id as "deliveryId" from notification_deliveries d
  join json_to_recordset($2) as r (delivery_id text, attempts int)
    on d.delivery_id = r.delivery_id and d.attempts = r.attempts
  where d.store_id = $1 and d.status = 'PENDING'
  order by d.delivery_id for update of d`;

const update = `
  update notification_deliveries d set status = r.status, code = r.code, leased_until = null, updated_at = $3::timestamptz,
    provider_message_id = r.provider_message_id,
    next_attempt_at = case when r.status = 'PENDING' then $3::timestamptz + r.retry_in_ms * interval '1 ms' end
  from json_to_recordset($2) as r (delivery_id text, status text, code text, provider_message_id text, retry_in_ms int)
  where d.store_id = $1 and d.delivery_id = r.delivery_id`;

/** Stores what became of tries, and answers whose still counted: not those of deliveries that others took meanwhile. */
export async function storeSettlements(
  tx: Transaction,
  settlements: readonly Settlement[],
): Promise<Set<string>> {
  const json = settlements.map((it) => ({
    delivery_id: it.deliveryId,
    attempts: it.attempts,
    status: it.status,
    code: it.code,
    provider_message_id: it.providerMessageId,
    retry_in_ms: it.retryInMs,
  }));
  const rows = await tx.query<{ deliveryId: string }>(lockOwn, [tx.storeId, JSON.stringify(json)]);
  const own = new Set(rows.map(({ deliveryId }) => deliveryId));
  const counting = json.filter(({ delivery_id: id }) => own.has(id));
  if (counting.length > 0) await tx.query(update, [tx.storeId, JSON.stringify(counting), tx.now]);
  return own;
}

const bump = `
  insert into notification_recipients as n (store_id, recipient, events)
  select $1, recipient, events from json_to_recordset($2) as r (recipient text, events int) order by recipient
  on conflict (store_id, recipient) do update set events = n.events + excluded.events
  returning recipient, events`;

/** Draws event versions for recipients, under their rows' locks; answers the last version of each. */
export async function drawVersions(
  tx: Transaction,
  counts: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const json = [...counts].map(([recipient, events]) => ({ recipient, events }));
  const rows = await tx.query<{ recipient: string; events: number }>(bump, [
    tx.storeId,
    JSON.stringify(json),
  ]);
  return new Map(rows.map(({ recipient, events }) => [recipient, events]));
}
