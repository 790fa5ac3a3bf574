import { databaseName } from '#stack.ts';
import { declaredConsumers, declaredProjections, type ProjectionSource } from '#declared.ts';
import { recordsOf, type EventLog, type LogRecord } from './event-log.ts';
import { eventDefinitions, isEventType } from '@tradewind/contracts/event.ts';
import { without, type Invariant, type Violation } from './invariant.ts';
import type { RunningStack } from './running-stack.ts';

export const appliedExactlyOnce: Invariant = {
  id: 'I7',
  title: 'each consumer has applied each event exactly once',
  async check(stack) {
    const [events, consumers, projections] = await Promise.all([
      stack.events(),
      declaredConsumers(),
      declaredProjections(),
    ]);
    const found: Violation[] = [];
    for (const { service, name, eventType } of consumers) {
      const database = databaseName(service);
      if (!stack.has(database) || !isEventType(eventType)) continue;
      const rows = await stack.query<{ eventId: string }>(
        database,
        'select event_id as "eventId" from inbox where consumer = $1',
        [name],
      );
      const records = recordsOf(events, eventDefinitions[eventType].topic);
      found.push(...receiptMismatches(name, eventType, records, new Set(rows.map(({ eventId }) => eventId))));
    }
    for (const one of projections.filter(({ service }) => stack.has(databaseName(service)))) {
      found.push(...(await behind(stack, one, events)));
    }
    for (const database of stack.databases) found.push(...(await parked(stack, database)));
    return found;
  },
};

/** Events of a type without a receipt, and receipts without an event. Pure. */
export function receiptMismatches(
  consumer: string,
  eventType: string,
  records: Iterable<LogRecord>,
  receipts: ReadonlySet<string>,
): Violation[] {
  const published = new Set<string>();
  for (const record of records) if (record.eventType === eventType) published.add(record.eventId);
  const one = (what: string) => (eventId: string) => ({ subject: `${consumer} ${eventId}`, what });
  return [
    ...without(published, receipts).map(one('is in Kafka and was not applied')),
    ...without(receipts, published).map(one('was applied and is not in Kafka')),
  ];
}

/** Partitions that the live version of a projection has not read to their end. */
async function behind(stack: RunningStack, { service, name, topics }: ProjectionSource, events: EventLog) {
  type Row = { topic: string; partition: number; next: bigint };
  const database = databaseName(service);
  const live = await stack.query<{ version: number }>(
    database,
    `select version from projections where name = $1 and state = 'live'`,
    [name],
  );
  const version = live[0]?.version;
  if (version === undefined) return [{ subject: `${service} ${name}`, what: 'has no live version' }];
  const rows = await stack.query<Row>(
    database,
    `select topic, partition, next_offset as next from projection_checkpoints where projection = $1 and version = $2`,
    [name, version],
  );
  return checkpointsBehind(`${name} v${version}`, topics, rows, events);
}

/** Pure. */
export function checkpointsBehind(
  projection: string,
  topics: readonly string[],
  checkpoints: readonly { topic: string; partition: number; next: bigint }[],
  events: EventLog,
): Violation[] {
  const reached = new Map(checkpoints.map(({ topic, partition, next }) => [`${topic} ${partition}`, next]));
  if (topics.length === 0) return [{ subject: projection, what: 'names no topic of this build' }];
  return topics.flatMap((topic) =>
    [...(events.get(topic)?.ends ?? [])].flatMap(([partition, end]): Violation[] => {
      const next = reached.get(`${topic} ${partition}`) ?? 0n;
      // More may have come since the topics were read.
      return next >= end
        ? []
        : [{ subject: `${projection} ${topic} ${partition}`, what: `read to ${next} of ${end}` }];
    }),
  );
}

const parkedRows = `
  select consumer, topic || ' ' || partition || '@' || kafka_offset as place, coalesce(error_code, 'waits') as error
  from parked_events
  union all
  select 'outbox', topic || ' ' || partition_key, parked_reason from outbox where parked_reason is not null`;

async function parked(stack: RunningStack, database: string): Promise<Violation[]> {
  if (!(await hasTable(stack, database, 'parked_events'))) return [];
  const rows = await stack.query<{ consumer: string; place: string; error: string }>(database, parkedRows);
  return rows.map(({ consumer, place, error }) => ({
    subject: `${consumer} ${place}`,
    what: `is parked: ${error}`,
  }));
}

/** A service that publishes and consumes nothing has no such tables. */
export async function hasTable(stack: RunningStack, database: string, table: string): Promise<boolean> {
  const rows = await stack.query<{ found: boolean }>(
    database,
    'select to_regclass($1) is not null as found',
    [table],
  );
  return rows[0]?.found === true;
}
