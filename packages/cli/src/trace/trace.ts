import type { AnyEvent } from '@tradewind/contracts/event.ts';
import { isUuid } from '@tradewind/kernel/ids.ts';
import { hasTable } from '#reconcile/i7-applied-exactly-once.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import { effectsOf } from './effects.ts';
import { eventOfId, eventsOfKey, eventsOfRequests, type Found, type FoundEvent } from './find-events.ts';
import { type Lineage, timeOfId, type TracedEvent, type TracedRequest } from './lineage.ts';
import { spansOf } from './spans.ts';

/** Topics whose key is the order's id. */
const ORDER_TOPICS = ['ecommerce.order.order', 'ecommerce.payment.payment'];

interface Gathered {
  readonly subject: Lineage['subject'];
  readonly found: readonly Found[];
  /** Stored, and not in Kafka yet. */
  readonly unsent: readonly AnyEvent[];
}

/** The lineage of an order or an event; undefined where neither has this id. */
export async function trace(stack: RunningStack, home: string, id: string): Promise<Lineage | undefined> {
  const gathered = (await gatherOrder(stack, id)) ?? (await gatherEvent(stack, id));
  if (gathered === undefined) return undefined;
  const { subject, found, unsent } = gathered;
  const effects = await effectsOf(stack, found);
  const events = [
    ...found.map((one) => sent(one, effects.get(one.event.eventId) ?? [])),
    ...unsent.map((event): TracedEvent => ({
      ...facts(event),
      sampled: false,
      published: undefined,
      effects: [],
    })),
  ].toSorted((a, b) => a.storedAt - b.storedAt || (a.eventId < b.eventId ? -1 : 1));
  return { subject, requests: await requestsOf(home, events), events };
}

async function gatherOrder(stack: RunningStack, orderId: string): Promise<Gathered | undefined> {
  if (!stack.has('order')) return undefined;
  type Row = { eventId: string; payload: Buffer; at: Date };
  const rows = await stack.query<Row>(
    'order',
    `select event_id as "eventId", payload, occurred_at as at from order_events where order_id = $1 order by version`,
    [orderId],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const [state] = await stack.query<{ status: string }>(
    'order',
    'select status from orders where order_id = $1',
    [orderId],
  );
  const since = first.at.getTime();
  const own = (
    await Promise.all(ORDER_TOPICS.map((topic) => eventsOfKey(stack, topic, orderId, since)))
  ).flat();
  const inKafka = new Set(own.map(({ event }) => event.eventId));
  const unsent = await Promise.all(
    rows.filter(({ eventId }) => !inKafka.has(eventId)).map(({ payload }) => stack.schemas.decode(payload)),
  );
  const others = await sameRequests(stack, own);
  const found = withRelated(own, others, ({ payload }) => names(payload, orderId));
  return { subject: { kind: 'order', id: orderId, ...state }, found, unsent };
}

async function gatherEvent(stack: RunningStack, eventId: string): Promise<Gathered | undefined> {
  if (!isUuid(eventId)) return undefined;
  const subject = { kind: 'event', id: eventId } as const;
  const waiting = await inOutbox(stack, eventId);
  const own = await eventOfId(stack, eventId, timeOfId(eventId));
  if (own === undefined) return waiting && { subject, found: [], unsent: [waiting] };
  const others = await sameRequests(stack, [own]);
  const causes = causesOf(own, others);
  return { subject, found: [...causes, ...withRelated([own], others, () => false)], unsent: [] };
}

/** An event that nobody outside its service has seen. */
async function inOutbox(stack: RunningStack, eventId: string): Promise<AnyEvent | undefined> {
  for (const database of stack.databases) {
    if (!(await hasTable(stack, database, 'outbox'))) continue;
    const [row] = await stack.query<{ payload: Buffer }>(
      database,
      `select payload from outbox where event_id = $1 and topic not like 'dlq.%'`,
      [eventId],
    );
    if (row) return stack.schemas.decode(row.payload);
  }
  return undefined;
}

const sameRequests = (stack: RunningStack, own: readonly Found[]): Promise<Found[]> =>
  eventsOfRequests(
    stack,
    new Set(own.map(({ event }) => event.correlationId)),
    own.map(({ event }) => event.occurredAt.getTime()),
  );

/** With what they caused, and what that caused, and whatever else of their requests is about the same. Pure. */
export function withRelated(
  own: readonly Found[],
  others: readonly Found[],
  isAbout: (event: FoundEvent) => boolean,
): Found[] {
  const known = new Map(own.map((one) => [one.event.eventId, one]));
  for (let before = -1; before < known.size;) {
    before = known.size;
    for (const one of others) {
      const { eventId, causationId } = one.event;
      if (known.has(eventId)) continue;
      if ((causationId !== null && known.has(causationId)) || isAbout(one.event)) known.set(eventId, one);
    }
  }
  return [...known.values()];
}

/** The events that led to one, nearest first. Pure. */
export function causesOf({ event }: Found, others: readonly Found[]): Found[] {
  const cause = others.find((one) => one.event.eventId === event.causationId);
  return cause === undefined ? [] : [cause, ...causesOf(cause, others)];
}

/** Whether an id stands anywhere in a payload. */
const names = (payload: unknown, id: string): boolean =>
  JSON.stringify(payload ?? null, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).includes(id);

const facts = (event: FoundEvent) => ({
  ...{ eventId: event.eventId, eventType: event.eventType, storeId: event.storeId, key: event.partitionKey },
  ...{ version: event.aggregateVersion, producer: event.producer, traceId: event.traceId },
  ...{ correlationId: event.correlationId, causationId: event.causationId },
  storedAt: event.occurredAt.getTime(),
  unreadable: event.unreadable,
});

const sent = ({ event, message }: Found, effects: TracedEvent['effects']): TracedEvent => ({
  ...facts(event),
  sampled: message.headers['traceparent']?.endsWith('-01') === true,
  published: {
    ...{ topic: message.topic, partition: message.partition, offset: String(message.offset) },
    at: message.timestamp,
  },
  effects,
});

/** One for each request, in their order, with what its trace tells where it was kept. */
async function requestsOf(home: string, events: readonly TracedEvent[]): Promise<TracedRequest[]> {
  const spans = await spansOf(
    home,
    new Set(events.filter(({ sampled }) => sampled).map(({ traceId }) => traceId)),
  );
  return [...Map.groupBy(events, ({ correlationId }) => correlationId)].map(([correlationId, some]) => {
    const traceId = (some.find(({ causationId }) => causationId === null) ?? some[0])?.traceId ?? '';
    const served = (spans.get(traceId) ?? []).filter(({ status }) => status !== undefined);
    return { correlationId, traceId, spans: served };
  });
}
