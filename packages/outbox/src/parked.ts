import type { Message } from '@tradewind/messaging/broker.ts';
import { deadLetter } from '@tradewind/messaging/dead-letter.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { newId } from '@tradewind/kernel/ids.ts';
import { appendToOutbox } from './outbox.ts';

/** Why an event could not be applied. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** Seconds until it is tried again by itself; undefined = it waits for an operator (`tw dlq`). */
  readonly retryIn: number | undefined;
}

export interface ParkedEvent {
  readonly id: bigint;
  readonly consumer: string;
  readonly attempts: number;
  readonly message: Message;
}

const insert = `
  insert into parked_events (store_id, consumer, topic, partition_key, partition, kafka_offset, headers, payload,
    error_code, error, attempts, next_attempt_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(secs => $12))
  on conflict do nothing`;

/** Name of a parked key in the sets below. */
export const parkedKey = (consumer: string, topic: string, key: string): string =>
  `${consumer} ${topic} ${key}`;

/**
 * Parks an event, so that its key waits and all others go on. Without `failure` it waits behind an earlier one of its
 * key. A failure that waits for an operator is also published to `dlq.<consumer>`, from the same transaction.
 * @param publicName what the dead letter is published under, where that is not the consumer's own name
 */
export async function parkEvent(
  tx: Transaction,
  consumer: string,
  message: Message,
  failure?: Failure,
  publicName = consumer,
): Promise<void> {
  await tx.query(insert, [
    tx.storeId,
    consumer,
    message.topic,
    message.key,
    message.partition,
    message.offset,
    JSON.stringify(message.headers),
    message.value,
    failure?.code ?? null,
    failure?.message ?? null,
    failure?.attempts ?? 0,
    failure ? (failure.retryIn ?? null) : 0,
  ]);
  if (failure && failure.retryIn === undefined) await publishDeadLetter(tx, publicName, message, failure);
}

export async function publishDeadLetter(
  tx: Transaction,
  consumer: string,
  message: Message,
  failure: Failure,
): Promise<void> {
  const letter = deadLetter(message, consumer, failure, failure.attempts);
  await appendToOutbox(tx, [
    {
      topic: letter.topic,
      partitionKey: message.key,
      eventId: newId(),
      eventType: message.headers['eventType'] ?? '',
      aggregateVersion: 0,
      correlationId: message.headers['correlationId'] ?? '',
      traceparent: message.headers['traceparent'],
      payload: letter.message.value,
      headers: letter.message.headers,
    },
  ]);
}

/** The keys of these consumers that wait, of the transaction's tenant. */
export async function parkedKeys(
  tx: Transaction,
  consumers: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ consumer: string; topic: string; key: string }>(
    `select distinct consumer, topic, partition_key as key from parked_events where consumer = any($1)`,
    [consumers],
  );
  return new Set(rows.map(({ consumer, topic, key }) => parkedKey(consumer, topic, key)));
}

/** Longest time that one try may take before another process may try too. */
const LEASE_SECONDS = 60;

const claim = `
  with due as (
    select id from parked_events p
    where consumer = any($1) and next_attempt_at <= now() and not exists (
      select 1 from parked_events e
      where e.consumer = p.consumer and e.topic = p.topic and e.partition_key = p.partition_key and e.id < p.id)
    order by id limit $2 for update skip locked)
  update parked_events p set next_attempt_at = now() + interval '${LEASE_SECONDS} seconds' from due where p.id = due.id
  returning p.id, consumer, attempts, topic, partition_key as key, partition, kafka_offset as offset, headers,
    payload as value`;

/** Takes the oldest parked event of each key whose time has come: nobody else tries it until the lease is over. */
export async function claimDue(
  tx: Transaction,
  consumers: readonly string[],
  limit: number,
): Promise<ParkedEvent[]> {
  type Row = Omit<Message, 'timestamp'> & Omit<ParkedEvent, 'message'>;
  const rows = await tx.query<Row>(claim, [consumers, limit]);
  return rows.map(({ id, consumer, attempts, ...message }) => ({
    id,
    consumer,
    attempts,
    message: { ...message, timestamp: 0 },
  }));
}

export async function unpark(tx: Transaction, id: bigint): Promise<void> {
  await tx.query('delete from parked_events where id = $1', [id]);
}

/** Notes another failed try of the head of a key. */
export async function noteFailure(tx: Transaction, id: bigint, failure: Failure): Promise<void> {
  await tx.query(
    `update parked_events set attempts = $2, error_code = $3, error = $4,
       next_attempt_at = now() + make_interval(secs => $5) where id = $1`,
    [id, failure.attempts, failure.code, failure.message, failure.retryIn ?? null],
  );
}
