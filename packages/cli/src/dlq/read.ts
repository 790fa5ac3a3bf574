import { UsageError } from '#arguments.ts';
import { hasTable } from '#reconcile/i7-applied-exactly-once.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { formatId, type Letter, type LetterContent, type LetterId } from './letter.ts';
import { topicContent, topicLetters } from './topic-letters.ts';

interface Row extends Omit<Letter, 'id' | 'place' | 'retryInSeconds'> {
  readonly row: bigint;
  readonly place: string | null;
  readonly retryInSeconds: number | null;
}

const parked = `
  select id as row, consumer, store_id as "storeId", topic, partition_key as key, partition || '@' || kafka_offset as place,
    coalesce(error_code, '') as "errorCode", coalesce(error, '') as error, attempts,
    extract(epoch from now() - parked_at)::float8 as "ageSeconds",
    extract(epoch from next_attempt_at - now())::float8 as "retryInSeconds",
    (select count(*) from parked_events b where b.consumer = p.consumer and b.topic = p.topic
      and b.partition_key = p.partition_key and b.id > p.id)::int as behind
  from parked_events p
  where not exists (select 1 from parked_events b where b.consumer = p.consumer and b.topic = p.topic
    and b.partition_key = p.partition_key and b.id < p.id)
  order by id`;

const unpublished = `
  select id as row, 'relay' as consumer, store_id as "storeId", topic, partition_key as key, null as place,
    'UNPUBLISHED' as "errorCode", parked_reason as error, 0 as attempts,
    extract(epoch from now() - created_at)::float8 as "ageSeconds", null::float8 as "retryInSeconds",
    (select count(*) from outbox b where b.topic = o.topic and b.partition_key = o.partition_key and b.id > o.id)::int
      as behind
  from outbox o where parked_reason is not null order by id`;

/** The heads of all keys that wait, over all services. */
export async function letters(stack: RunningStack): Promise<Letter[]> {
  const [stored, published] = await Promise.all([storedLetters(stack), topicLetters(stack)]);
  return [...stored, ...published.map((one) => one.letter)];
}

async function storedLetters(stack: RunningStack): Promise<Letter[]> {
  const found = await Promise.all(
    stack.databases.map(async (database) => {
      if (!(await hasTable(stack, database, 'parked_events'))) return [];
      const of = async (kind: LetterId['kind'], text: string) =>
        (await stack.query<Row>(database, text)).map(({ row, place, retryInSeconds, ...rest }): Letter => ({
          ...rest,
          id: { kind, database, row },
          place: place ?? undefined,
          retryInSeconds: retryInSeconds ?? undefined,
        }));
      return [...(await of('outbox', unpublished)), ...(await of('parked', parked))];
    }),
  );
  return found.flat();
}

/** @throws UsageError where it is not there (any more), or waits behind another */
export async function letter(stack: RunningStack, id: LetterId): Promise<Letter> {
  if (id.kind !== 'topic' && !stack.has(id.database))
    throw new UsageError(`no service has the database ${id.database}`);
  const found = (await letters(stack)).find((one) => formatId(one.id) === formatId(id));
  if (found === undefined)
    throw new UsageError(`${formatId(id)} is not at the head of a key: see ./tw dlq ls`);
  return found;
}

export async function content(stack: RunningStack, id: LetterId): Promise<LetterContent> {
  const { kind, database, row } = id;
  if (kind === 'topic') return topicContent(stack, id);
  const text =
    kind === 'parked'
      ? 'select headers, payload from parked_events where id = $1'
      : `select coalesce(headers, '{}') || jsonb_build_object('eventId', event_id, 'eventType', event_type,
           'aggregateVersion', aggregate_version::text, 'correlationId', correlation_id) as headers, payload
         from outbox where id = $1`;
  const [found] = await stack.query<LetterContent>(database, text, [row]);
  if (found === undefined) throw new UsageError('it is gone: somebody was faster');
  return found;
}
