import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { webhookError } from '#errors.ts';
import { findSubscription } from '#subscriptions/rows.ts';

export interface DeliveryRow {
  readonly seq: bigint;
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly partitionKey: string;
  readonly status: 'PENDING' | 'DELIVERED' | 'FAILED' | 'REFUSED' | 'HELD';
  /** Null where it waits behind another one of its resource, or is held, or has ended. */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export interface AttemptRow {
  readonly deliveryId: string;
  readonly at: Date;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export interface Listed extends DeliveryRow {
  readonly attempts: readonly AttemptRow[];
}

export interface DeliveryFilter {
  /** Undefined = all of the tenant's. */
  readonly subscriptionId: string | undefined;
  readonly status: DeliveryRow['status'] | undefined;
  readonly undelivered: boolean;
  /** Newest first and older than this, or oldest first and newer, as `undelivered` says. */
  readonly from: bigint | undefined;
  readonly limit: number;
}

const columns = `
  d.seq, d.delivery_id as "deliveryId", d.subscription_id as "subscriptionId", d.event_id as "eventId",
  e.event_type as "eventType", d.partition_key as "partitionKey",
  case when d.status = 'PENDING' and s.status <> 'ACTIVE' then 'HELD' else d.status end as status,
  case when d.status = 'PENDING' and d.next_attempt_at <> 'infinity' then d.next_attempt_at end as "nextAttemptAt",
  d.created_at as "createdAt", d.ended_at as "endedAt"`;
const tables = `
  webhook_deliveries d join webhook_events e on e.store_id = $1 and e.event_id = d.event_id
    join webhook_subscriptions s on s.store_id = $1 and s.subscription_id = d.subscription_id and s.status <> 'DELETED'`;
const filters = `
  and ($2::text is null or d.subscription_id = $2)
  and ($3::text is null or $3 = case when d.status = 'PENDING' and s.status <> 'ACTIVE' then 'HELD' else d.status end)`;

const newest = `
  select ${columns} from ${tables} where d.store_id = $1 ${filters} and ($4::bigint is null or d.seq < $4)
  order by d.seq desc limit $5`;
const oldestUndelivered = `
  select ${columns} from ${tables} where d.store_id = $1 ${filters} and d.status <> 'DELIVERED'
    and ($4::bigint is null or d.seq > $4)
  order by d.seq limit $5`;
const one = `select ${columns} from ${tables} where d.store_id = $1 and d.delivery_id = $2`;
const attempts = `
  select delivery_id as "deliveryId", at, status, error, duration_ms as "durationMs"
  from webhook_delivery_attempts where store_id = $1 and delivery_id = any($2) order by delivery_id, number`;

/** @throws DomainError SUBSCRIPTION_NOT_FOUND */
export function listDeliveries(db: Database, storeId: string, filter: DeliveryFilter): Promise<Listed[]> {
  const { subscriptionId = null, status = null, from = null, undelivered, limit } = filter;
  return db.transaction(storeId, async (tx) => {
    if (subscriptionId !== null && !(await findSubscription(tx, subscriptionId, { lock: false }))) {
      throw webhookError('SUBSCRIPTION_NOT_FOUND');
    }
    const text = undelivered ? oldestUndelivered : newest;
    const rows = await tx.query<DeliveryRow>(text, [storeId, subscriptionId, status, from, limit]);
    return withAttempts(tx, rows);
  });
}

/** Undefined where there is none. */
export async function findDelivery(tx: Transaction, deliveryId: string): Promise<Listed | undefined> {
  return (await withAttempts(tx, await tx.query<DeliveryRow>(one, [tx.storeId, deliveryId])))[0];
}

async function withAttempts(tx: Transaction, rows: readonly DeliveryRow[]): Promise<Listed[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ deliveryId }) => deliveryId);
  const found = Map.groupBy(
    await tx.query<AttemptRow>(attempts, [tx.storeId, ids]),
    ({ deliveryId }) => deliveryId,
  );
  return rows.map((row) => ({ ...row, attempts: found.get(row.deliveryId) ?? [] }));
}
