import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Attempt } from '#send/sender.ts';
import type { Health } from './endpoint-state.ts';
import type { Settled } from './settle.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A subscription's row under its lock, changed by one attempt after the other. */
export interface EndpointRow extends Writable<Health> {
  readonly subscriptionId: string;
  status: string;
  reason: string | null;
  /** Events told about it so far: the next one's version is one more. */
  told: number;
}

export interface AttemptedRow {
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly topic: string;
  readonly partitionKey: string;
  readonly status: string;
  readonly round: number;
  readonly tries: number;
  readonly attempts: number;
  readonly claims: number;
}

export interface SettledRow {
  readonly row: AttemptedRow;
  readonly attempt: Attempt;
  readonly settled: Settled;
  /** Its subscription does not run: it is not due before that does. */
  readonly held: boolean;
}

const endpoints = `
  select subscription_id as "subscriptionId", status, reason, failures, failing_since as "failingSince", probe_at as "probeAt",
    lanes, told
  from webhook_subscriptions where store_id = $1 and subscription_id = any($2)
  order by subscription_id for no key update`;

const deliveries = `
  select delivery_id as "deliveryId", subscription_id as "subscriptionId", event_id as "eventId", topic,
    partition_key as "partitionKey", status, round, tries, attempts, claims
  from webhook_deliveries where store_id = $1 and delivery_id = any($2)`;

const updateDeliveries = `
  update webhook_deliveries d set status = r.status, tries = r.tries, attempts = r.number, leased_until = null,
    leased_by = null, ended_at = case r.status when 'PENDING' then null else now() end,
    next_attempt_at = case when r.status <> 'PENDING' then null when r.held then 'infinity'
      else now() + r.in_ms * interval '1 ms' end
  from json_to_recordset($2) as r (delivery_id text, status text, tries int, number int, held boolean, in_ms bigint)
  where d.store_id = $1 and d.delivery_id = r.delivery_id`;

const insertAttempts = `
  insert into webhook_delivery_attempts (store_id, delivery_id, number, round, at, status, error, duration_ms)
  select $1, delivery_id, number, round, at, status, error, duration_ms
  from json_to_recordset($2) as r (delivery_id text, number int, round int, at timestamptz, status smallint, error text,
    duration_ms int)`;

const updateEndpoints = `
  update webhook_subscriptions s set status = r.status, reason = r.reason, failures = r.failures,
    failing_since = r.failing_since, probe_at = r.probe_at, lanes = r.lanes, told = r.told,
    version = s.version + (case when s.status = r.status then 0 else 1 end),
    updated_at = case when s.status = r.status then s.updated_at else now() end
  from json_to_recordset($2) as r (subscription_id text, status text, reason text, failures int, failing_since timestamptz,
    probe_at timestamptz, lanes int, told int)
  where s.store_id = $1 and s.subscription_id = r.subscription_id`;

const by = <T, K extends keyof T>(rows: readonly T[], key: K): Map<T[K], T> =>
  new Map(rows.map((row) => [row[key], row]));

/** Locks them in one order, as everybody does who changes deliveries. */
export const lockEndpoints = async (
  tx: Transaction,
  ids: readonly string[],
): Promise<Map<string, EndpointRow>> =>
  by(await tx.query<EndpointRow>(endpoints, [tx.storeId, ids]), 'subscriptionId');

export const lockDeliveries = async (
  tx: Transaction,
  ids: readonly string[],
): Promise<Map<string, AttemptedRow>> =>
  by(await tx.query<AttemptedRow>(deliveries, [tx.storeId, ids]), 'deliveryId');

export async function saveDeliveries(tx: Transaction, rows: readonly SettledRow[]): Promise<void> {
  const json = rows.map(({ row, settled, held }) => ({
    delivery_id: row.deliveryId,
    status: settled.status,
    tries: settled.tries,
    number: row.attempts + 1,
    held,
    in_ms: settled.retry?.inMs ?? 0,
  }));
  if (json.length > 0) await tx.query(updateDeliveries, [tx.storeId, JSON.stringify(json)]);
}

export async function saveAttempts(tx: Transaction, rows: readonly SettledRow[]): Promise<void> {
  const json = rows.map(({ row, attempt }) => ({
    delivery_id: row.deliveryId,
    number: row.attempts + 1,
    round: row.round,
    at: attempt.at,
    status: attempt.status ?? null,
    error: attempt.error ?? null,
    duration_ms: attempt.durationMs,
  }));
  if (json.length > 0) await tx.query(insertAttempts, [tx.storeId, JSON.stringify(json)]);
}

export async function saveEndpoints(tx: Transaction, rows: readonly EndpointRow[]): Promise<void> {
  const json = rows.map((row) => ({
    subscription_id: row.subscriptionId,
    status: row.status,
    reason: row.reason,
    failures: row.failures,
    failing_since: row.failingSince,
    probe_at: row.probeAt,
    lanes: row.lanes,
    told: row.told,
  }));
  if (json.length > 0) await tx.query(updateEndpoints, [tx.storeId, JSON.stringify(json)]);
}
