import { eventDefinitions, isEventType } from '@tradewind/contracts/event.ts';
import { isUuid } from '@tradewind/kernel/ids.ts';
import { databaseName } from '#stack.ts';
import { declaredConsumers, declaredProjections } from '#declared.ts';
import { readEvents, recordsOf, type EventLog, type LogRecord } from '#reconcile/event-log.ts';
import { deliveriesNotTakenIn } from '#reconcile/i11-webhooks-ended-once.ts';
import { hasTable } from '#reconcile/i7-applied-exactly-once.ts';
import { without } from '#reconcile/invariant.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { timeOfId } from './lineage.ts';
import { parkedReasons } from './parked-reasons.ts';
import { shownVersions } from './projection-effects.ts';

/** An event without an effect that somebody declares. */
export interface MissingEffect {
  readonly eventId: string;
  readonly eventType: string;
  readonly at: number;
  /** Who should have done something: a consumer, a projection, a subscription, the relay. */
  readonly by: string;
  /** What has become of it instead. */
  readonly what: string;
}

export interface AuditOptions {
  /** Events made from then on, epoch ms. */
  readonly since: number;
  /** Events younger than this may be on their way. */
  readonly graceMs: number;
}

/** Every event whose expected effects are not there: what reconcile proves of a quiet system, of a busy one by event. */
export async function missingEffects(
  stack: RunningStack,
  { since, graceMs }: AuditOptions,
): Promise<MissingEffect[]> {
  const until = Date.now() - graceMs;
  const events = await readEvents(stack.log, since);
  const parts = await Promise.all([
    unpublished(stack, until),
    unapplied(stack, events, until),
    unshown(stack, events, until),
    undelivered(stack, events, { since, until }),
    unsent(stack, { since, until }),
  ]);
  return parts.flat().toSorted((a, b) => a.at - b.at || (a.by < b.by ? -1 : 1));
}

interface Span {
  readonly since: number;
  readonly until: number;
}

async function unpublished(stack: RunningStack, until: number): Promise<MissingEffect[]> {
  const found = await Promise.all(
    stack.databases.map(async (database) => {
      if (!(await hasTable(stack, database, 'outbox'))) return [];
      type Row = { eventId: string; eventType: string; at: Date; reason: string | null };
      const rows = await stack.query<Row>(
        database,
        `select event_id as "eventId", event_type as "eventType", created_at as at, parked_reason as reason from outbox
         where topic not like 'dlq.%' and created_at < $1 order by id`,
        [new Date(until)],
      );
      return rows.map(({ eventId, eventType, at, reason }) => ({
        ...{ eventId, eventType, at: at.getTime(), by: `${database} relay` },
        what: reason === null ? 'is not published' : `is parked: ${reason}`,
      }));
    }),
  );
  return found.flat();
}

async function unapplied(stack: RunningStack, events: EventLog, until: number): Promise<MissingEffect[]> {
  const missing: MissingEffect[] = [];
  for (const { service, name, eventType } of await declaredConsumers()) {
    const database = databaseName(service);
    if (!stack.has(database) || !isEventType(eventType)) continue;
    const { topic } = eventDefinitions[eventType];
    const due = [...recordsOf(events, topic)].filter(
      (one) => one.eventType === eventType && isDue(one, until),
    );
    if (due.length === 0) continue;
    const ids = due.map(({ eventId }) => eventId);
    const receipts = await stack.query<{ eventId: string }>(
      database,
      'select event_id as "eventId" from inbox where consumer = $1 and event_id = any($2::uuid[])',
      [name, ids],
    );
    const lost = new Set(without(new Set(ids), new Set(receipts.map(({ eventId }) => eventId))));
    const parked = await parkedReasons(stack, database, [name], ids);
    const positions = await stack.log.groupOffsets(service, topic);
    for (const one of due.filter(({ eventId }) => lost.has(eventId))) {
      const reason = parked.get(`${name} ${one.eventId}`);
      const read = (positions.get(one.partition) ?? 0n) > one.offset;
      const what =
        reason !== undefined ? `is parked: ${reason}` : read ? 'was not applied' : 'is not read yet';
      missing.push(missingOf(one, name, what));
    }
  }
  return missing;
}

/** By checkpoint; of rows in Postgres also by their version. */
async function unshown(stack: RunningStack, events: EventLog, until: number): Promise<MissingEffect[]> {
  const missing: MissingEffect[] = [];
  for (const { service, name, topics } of await declaredProjections()) {
    const database = databaseName(service);
    if (!stack.has(database)) continue;
    const due = topics.flatMap((topic) =>
      [...recordsOf(events, topic)].filter((one) => isDue(one, until)).map((one) => ({ ...one, topic })),
    );
    if (due.length === 0) continue;
    const rows = await stack.query<{ place: string; next: bigint }>(
      database,
      `select c.topic || ' ' || c.partition as place, c.next_offset as next from projection_checkpoints c
       join projections p on p.name = c.projection and p.version = c.version and p.state = 'live' where p.name = $1`,
      [name],
    );
    const reached = new Map(rows.map(({ place, next }) => [place, next]));
    const parked = await parkedReasons(
      stack,
      database,
      [name],
      due.map(({ eventId }) => eventId),
    );
    const keys = due.map(({ key }) => key);
    const shown = await shownVersions(stack, database, name, keys);
    for (const one of due) {
      const reason = parked.get(`${name} ${one.eventId}`);
      const read = (reached.get(`${one.topic} ${one.partition}`) ?? 0n) > one.offset;
      const row = shown?.get(`${one.storeId} ${one.topic} ${one.key}`);
      if (reason !== undefined) missing.push(missingOf(one, `${service} ${name}`, `is parked: ${reason}`));
      else if (!read) missing.push(missingOf(one, `${service} ${name}`, 'is not read yet'));
      else if (row !== undefined && row < one.version)
        missing.push(missingOf(one, `${service} ${name}`, `was not applied: the row is at version ${row}`));
    }
  }
  return missing;
}

async function undelivered(stack: RunningStack, events: EventLog, span: Span): Promise<MissingEffect[]> {
  if (!stack.has('webhook_dispatcher')) return [];
  const untaken = await deliveriesNotTakenIn(stack, events, span.since);
  type Row = { eventId: string; eventType: string; by: string; status: string };
  const ended = await stack.query<Row>(
    'webhook_dispatcher',
    `select d.event_id as "eventId", e.event_type as "eventType", d.subscription_id as by, d.status
     from webhook_deliveries d join webhook_events e using (store_id, event_id)
     where d.status in ('FAILED', 'REFUSED') and d.created_at >= $1 order by d.seq`,
    [new Date(span.since)],
  );
  return [
    ...untaken.map(({ subscriptionId, eventId, eventType }) => ({
      ...{ eventId, eventType, at: timeOfId(eventId), by: `subscription ${subscriptionId}` },
      what: 'has no delivery',
    })),
    ...ended.map(({ eventId, eventType, by, status }) => ({
      ...{ eventId, eventType, at: timeOfId(eventId), by: `subscription ${by}`, what: `delivery ${status}` },
    })),
  ].filter(({ at }) => at <= span.until);
}

/** Messages that no channel took. */
async function unsent(stack: RunningStack, { since, until }: Span): Promise<MissingEffect[]> {
  if (!stack.has('notification')) return [];
  type Row = { eventId: string; template: string; channel: string; code: string; at: Date };
  const rows = await stack.query<Row>(
    'notification',
    `select n.event_id as "eventId", n.template, d.channel, d.code, n.created_at as at
     from notifications n join notification_deliveries d using (store_id, notification_id)
     where d.status = 'FAILED' and n.created_at between $1 and $2`,
    [new Date(since), new Date(until)],
  );
  return rows.map(({ eventId, template, channel, code, at }) => ({
    ...{ eventId, eventType: template, at: at.getTime(), by: `notification ${channel}` },
    what: `failed: ${code}`,
  }));
}

/** What was written past an outbox may have any id; it is among the dead letters. */
const isDue = ({ eventId }: LogRecord, until: number): boolean =>
  isUuid(eventId) && timeOfId(eventId) <= until;

const missingOf = ({ eventId, eventType }: LogRecord, by: string, what: string): MissingEffect => ({
  ...{ eventId, eventType, at: timeOfId(eventId), by, what },
});
