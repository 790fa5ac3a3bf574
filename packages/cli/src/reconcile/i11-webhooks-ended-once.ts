import type { EventLog, LogRecord } from './event-log.ts';
import { recordsOf } from './event-log.ts';
import type { Invariant, Violation } from './invariant.ts';
import type { RunningStack } from './running-stack.ts';

export interface Subscribed {
  readonly storeId: string;
  readonly subscriptionId: string;
  readonly eventTypes: readonly string[];
  /** Its filter is this since then, in epoch ms. */
  readonly since: number;
  /** Events that were told about it. */
  readonly told: number;
}

/** What is told about deliveries is delivered to nobody. */
export const WEBHOOK_TOPIC = 'ecommerce.webhook.delivery';
/** Servers' clocks differ; and ended deliveries are forgotten after a month. */
const SKEW_MS = 2_000;
const DAYS_LOOKED_AT = 20;

const subscriptions = `
  select store_id as "storeId", subscription_id as "subscriptionId", event_types as "eventTypes",
    (extract(epoch from filter_since) * 1000)::float8 as since, told
  from webhook_subscriptions where status <> 'DELETED'`;

const deliveries = `select subscription_id || ' ' || event_id as name from webhook_deliveries where created_at >= $1`;

const wrong = `
  select delivery_id as subject, 'is due since ' || next_attempt_at || ' and nobody sends it' as what
  from webhook_deliveries d join webhook_subscriptions s using (store_id, subscription_id)
  where d.status = 'PENDING' and s.status = 'ACTIVE' and s.failures < 5 and next_attempt_at < now() - interval '60 seconds'
  union all
  select subscription_id || ' ' || partition_key, count(*) || ' wait behind nothing' from webhook_deliveries
  where status = 'PENDING' group by subscription_id, topic, partition_key having count(next_attempt_at) = 0
  union all
  select delivery_id, format('is %s after %s tries of 6', status, tries) from webhook_deliveries
  where tries > 6 or (status = 'FAILED' and tries < 6) or (status <> 'PENDING' and tries = 0)
  union all
  select d.delivery_id, format('is %s, and its last answer was %s', d.status, coalesce(a.status::text, a.error, 'none'))
  from webhook_deliveries d
  left join webhook_delivery_attempts a on a.store_id = d.store_id and a.delivery_id = d.delivery_id and a.number = d.attempts
  where d.status <> 'PENDING' and (d.status = 'DELIVERED') <> (a.number is not null and a.error is null)`;

export const webhooksEndedOnce: Invariant = {
  id: 'I11',
  title: 'each event has ended once for each subscription that wants it, or is within its attempts',
  async check(stack) {
    if (!stack.has('webhook_dispatcher')) return [];
    const ask = <Row extends object>(text: string) => stack.query<Row>('webhook_dispatcher', text);
    const before = await ask<Subscribed>(subscriptions);
    const events = await stack.events();
    const after = await ask<Subscribed>(subscriptions);
    const from = Date.now() - DAYS_LOOKED_AT * 86_400_000;
    const untaken = await deliveriesNotTakenIn(stack, events, from);
    return [
      ...untaken.map(({ subscriptionId, eventId, eventType }) => ({
        subject: subscriptionId,
        what: `has no delivery of ${eventType} ${eventId}`,
      })),
      ...notTold(before, after, [...recordsOf(events, WEBHOOK_TOPIC)]),
      ...(await ask<Violation>(wrong)),
    ];
  },
};

/** An event without a delivery to somebody who wants it. */
export interface NotTakenIn {
  readonly subscriptionId: string;
  readonly eventId: string;
  readonly eventType: string;
}

export async function deliveriesNotTakenIn(
  stack: RunningStack,
  events: EventLog,
  from: number,
): Promise<NotTakenIn[]> {
  const [subscribed, stored] = await Promise.all([
    stack.query<Subscribed>('webhook_dispatcher', subscriptions),
    stack.query<{ name: string }>('webhook_dispatcher', deliveries, [new Date(from - SKEW_MS)]),
  ]);
  return notTakenIn(subscribed, new Set(stored.map(({ name }) => name)), events, from);
}

/** Ids of events begin with the time at which they happened. */
const timeOf = (eventId: string): number => Number.parseInt(eventId.replaceAll('-', '').slice(0, 12), 16);

const wants = ({ eventTypes }: Subscribed, type: string): boolean =>
  eventTypes.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );

/** Events without a delivery to somebody who wants them. Pure. @param known `<subscription> <event>` */
export function notTakenIn(
  subscribed: readonly Subscribed[],
  known: ReadonlySet<string>,
  events: EventLog,
  from: number,
): NotTakenIn[] {
  const byTenant = Map.groupBy(subscribed, ({ storeId }) => storeId);
  const missing: NotTakenIn[] = [];
  for (const topic of events.keys()) {
    if (topic === WEBHOOK_TOPIC) continue;
    for (const { storeId, eventId, eventType } of recordsOf(events, topic)) {
      const at = timeOf(eventId);
      for (const one of byTenant.get(storeId) ?? []) {
        if (at < Math.max(one.since + SKEW_MS, from) || !wants(one, eventType)) continue;
        if (known.has(`${one.subscriptionId} ${eventId}`)) continue;
        missing.push({ subscriptionId: one.subscriptionId, eventId, eventType });
      }
    }
  }
  return missing;
}

/**
 * Subscriptions of which more, or less, was told than they say. A relay that dies after Kafka has a batch sends it
 * again: an event that lies there twice was told once. Deliveries go on while this is read, so Kafka must have what was told
 * before it was read, and nothing that was not told after. Pure.
 */
export function notTold(
  before: readonly Subscribed[],
  after: readonly Subscribed[],
  records: readonly LogRecord[],
): Violation[] {
  const counts = Map.groupBy(records, ({ storeId, key }) => `${storeId} ${key}`);
  const most = new Map(after.map(({ subscriptionId, told }) => [subscriptionId, told]));
  return before.flatMap(({ storeId, subscriptionId, told }) => {
    const found = new Set(counts.get(`${storeId} ${subscriptionId}`)?.map(({ eventId }) => eventId)).size;
    return told <= found && found <= (most.get(subscriptionId) ?? found)
      ? []
      : [{ subject: subscriptionId, what: `has told ${told} events, and ${found} are in Kafka` }];
  });
}
