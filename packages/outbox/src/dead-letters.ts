import { isUuid } from '@tradewind/kernel/ids.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { passOver, versionIn } from './passed-over.ts';

/** A parked event of a consumer, or a row of the outbox that the relay cannot publish. */
export interface DeadLetterId {
  readonly kind: 'parked' | 'outbox';
  readonly row: bigint;
}

/** The head of a key that waits. */
export interface DeadLetter {
  readonly id: DeadLetterId;
  readonly storeId: string;
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
  /** Undefined in the outbox: Kafka has not seen it. */
  readonly partition: number | undefined;
  readonly offset: bigint | undefined;
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  readonly errorCode: string;
  readonly error: string;
  readonly attempts: number;
  readonly parkedAt: Date;
  /** When it is tried again by itself; undefined = it waits for an operator. */
  readonly nextAttemptAt: Date | undefined;
  /** Events of the same key that wait for this one. */
  readonly behind: number;
}

/** The event as it came, byte for byte. */
export interface DeadLetterContent {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export interface DeadLetterFilter {
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly errorCode?: string | undefined;
  /** This one only. */
  readonly id?: DeadLetterId | undefined;
  /** Those after it. */
  readonly after?: DeadLetterId | undefined;
  readonly limit?: number | undefined;
}

/** Every word that a row needs, from a table whose own words differ. */
const select = `
  select kind, row, store_id as "storeId", consumer, topic, partition_key as key, partition, kafka_offset as "offset",
    event_id as "eventId", event_type as "eventType", error_code as "errorCode", error, attempts, parked_at as "parkedAt",
    next_attempt_at as "nextAttemptAt", behind
  from (
    select 'outbox' as kind, id as row, store_id, 'relay' as consumer, topic, partition_key, null::int as partition,
      null::bigint as kafka_offset, event_id::text, event_type, 'UNPUBLISHED' as error_code, parked_reason as error,
      0 as attempts, created_at as parked_at, null::timestamptz as next_attempt_at,
      (select count(*) from outbox b where b.topic = o.topic and b.partition_key = o.partition_key and b.id > o.id)::int
        as behind
    from outbox o where parked_reason is not null
    union all
    select 'parked', id, store_id, consumer, topic, partition_key, partition, kafka_offset, headers->>'eventId',
      headers->>'eventType', coalesce(error_code, ''), coalesce(error, ''), attempts, parked_at, next_attempt_at,
      (select count(*) from parked_events b where b.consumer = p.consumer and b.topic = p.topic
        and b.partition_key = p.partition_key and b.id > p.id)::int
    from parked_events p
    where not exists (select 1 from parked_events b where b.consumer = p.consumer and b.topic = p.topic
      and b.partition_key = p.partition_key and b.id < p.id)
  ) l
  where ($1::text is null or consumer = $1) and ($2::text is null or topic = $2)
    and ($3::text is null or partition_key = $3) and ($4::text is null or error_code = $4)
    and ($5::text is null or (kind, row) = ($5, $6::bigint)) and ($7::text is null or (kind, row) > ($7, $8::bigint))
  order by kind, row limit $9`;

interface Row {
  readonly kind: DeadLetterId['kind'];
  readonly row: bigint;
  readonly partition: number | null;
  readonly offset: bigint | null;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly nextAttemptAt: Date | null;
}
type Plain = Omit<DeadLetter, 'id' | keyof Row>;

/** The heads of the keys that wait: of the transaction's tenant, or of all of them under the role that sees all. */
export async function deadLetters(tx: Transaction, filter: DeadLetterFilter = {}): Promise<DeadLetter[]> {
  const { consumer, topic, key, errorCode, id, after, limit } = filter;
  const rows = await tx.query<Row & Plain>(select, [
    ...[consumer ?? null, topic ?? null, key ?? null, errorCode ?? null, id?.kind ?? null, id?.row ?? null],
    ...[after?.kind ?? null, after?.row ?? null, limit ?? null],
  ]);
  return rows.map(({ kind, row, partition, offset, eventId, eventType, nextAttemptAt, ...rest }) => ({
    ...rest,
    id: { kind, row },
    partition: partition ?? undefined,
    offset: offset ?? undefined,
    eventId: eventId ?? undefined,
    eventType: eventType ?? undefined,
    nextAttemptAt: nextAttemptAt ?? undefined,
  }));
}

/** Undefined where it is not at the head of its key, or gone. */
export async function deadLetter(tx: Transaction, id: DeadLetterId): Promise<DeadLetter | undefined> {
  return (await deadLetters(tx, { id, limit: 1 }))[0];
}

const contents = {
  parked: 'select headers, payload from parked_events where id = $1',
  outbox: `
    select coalesce(headers, '{}') || jsonb_build_object('eventId', event_id, 'eventType', event_type,
      'aggregateVersion', aggregate_version::text, 'correlationId', correlation_id) as headers, payload
    from outbox where id = $1`,
} as const;

/** Of any event that waits, also behind another one; undefined where it is gone. */
export async function deadLetterContent(
  tx: Transaction,
  { kind, row }: DeadLetterId,
): Promise<DeadLetterContent | undefined> {
  return (await tx.query<DeadLetterContent>(contents[kind], [row]))[0];
}

const again = {
  parked: 'update parked_events set next_attempt_at = now(), attempts = 0 where id = $1',
  outbox: 'update outbox set parked_reason = null where id = $1',
} as const;

/** Has the running service try it at once, with all its tries again. Repeated, it changes nothing more. */
export async function retryDeadLetter(tx: Transaction, { kind, row }: DeadLetterId): Promise<void> {
  await tx.query(again[kind], [row]);
}

/**
 * Gives an event up for its consumer: it counts as dealt with, so that what waits behind it goes on. Its dead letter in
 * `dlq.<consumer>` stays, and so does the event itself. A row of the outbox is lost to all consumers.
 */
export async function dropDeadLetter(tx: Transaction, { id, storeId, ...letter }: DeadLetter): Promise<void> {
  if (id.kind === 'outbox') {
    await tx.query('delete from outbox where id = $1', [id.row]);
    return;
  }
  const [gone] = await tx.query<{ headers: Record<string, string> }>(
    'delete from parked_events where id = $1 returning headers',
    [id.row],
  );
  if (gone === undefined) return;
  const { consumer, topic, key } = letter;
  if (!(await isProjection(tx, consumer))) {
    await noteReceipt(tx, storeId, consumer, gone.headers['eventId']);
    return;
  }
  // Whoever wrote to the topic past an outbox may have said no version: then nothing waits for it.
  const version = versionIn(gone.headers);
  if (version !== undefined) await passOver(tx, { storeId, projection: consumer, topic, key, version });
}

/** A receipt: should the broker deliver it again, it is not applied after all. */
async function noteReceipt(
  tx: Transaction,
  storeId: string,
  consumer: string,
  eventId: string | undefined,
): Promise<void> {
  // Whoever wrote to the topic past an outbox may have given it any id; what has no receipt is parked again.
  if (eventId === undefined || !isUuid(eventId)) return;
  await tx.query(
    'insert into inbox (store_id, consumer, event_id) values ($1, $2, $3) on conflict do nothing',
    [storeId, consumer, eventId],
  );
}

async function isProjection(tx: Transaction, consumer: string): Promise<boolean> {
  return (await tx.query('select 1 from projections where name = $1 limit 1', [consumer])).length > 0;
}
