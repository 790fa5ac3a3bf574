import type { Transaction } from '@tradewind/postgres/transaction.ts';

/** One event on its way to Kafka, encoded: the relay never needs a schema. */
export interface OutboxRow {
  readonly topic: string;
  readonly partitionKey: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly aggregateVersion: number;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  /** Confluent wire format. */
  readonly payload: Buffer;
  /** Kafka headers beyond the usual ones: a dead letter's origin. */
  readonly headers?: Readonly<Record<string, string>>;
}

const insert = `
  insert into outbox (store_id, topic, partition_key, event_id, event_type, aggregate_version, correlation_id,
    traceparent, payload, headers)
  select $1, topic, partition_key, event_id, event_type, aggregate_version, correlation_id, traceparent,
    decode(payload, 'base64'), headers
  from json_to_recordset($2) as r (topic text, partition_key text, event_id uuid, event_type text,
    aggregate_version int, correlation_id text, traceparent text, payload text, headers jsonb)`;

/**
 * Adds events to the outbox in the caller's transaction, in this order. The caller holds the row lock of every
 * aggregate concerned: only then do ids of one aggregate rise in commit order (ADR 0003).
 */
export async function appendToOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const json = rows.map((row) => ({
    topic: row.topic,
    partition_key: row.partitionKey,
    event_id: row.eventId,
    event_type: row.eventType,
    aggregate_version: row.aggregateVersion,
    correlation_id: row.correlationId,
    traceparent: row.traceparent,
    payload: row.payload.toString('base64'),
    headers: row.headers,
  }));
  await tx.query(insert, [tx.storeId, JSON.stringify(json)]);
}
