import { setTimeout as pause } from 'node:timers/promises';
import { eventTopics } from './event-log.ts';
import { WEBHOOK_TOPIC } from './i11-webhooks-ended-once.ts';
import { hasTable } from './i7-applied-exactly-once.ts';
import type { RunningStack } from './running-stack.ts';
import { databaseName } from '#stack.ts';
import { declaredConsumers, declaredProjections } from '#declared.ts';
import { READINGS_TOPIC } from '@tradewind/contracts/device-reading.ts';
import { eventDefinitions, isEventType } from '@tradewind/contracts/event.ts';

const POLL_MS = 200;
/** Looks in a row that must find nothing: what one of them misses between two services, the next one sees. */
const LOOKS = 2;

/**
 * Waits until nothing is on its way: outboxes empty, groups at the ends of their topics, no payment in hand. Answers
 * what still moved when the time was over; an invariant that breaks then may be a false alarm.
 */
export async function untilQuiet(
  stack: RunningStack,
  seconds: number,
  show: (line: string) => void,
): Promise<string[]> {
  const groups = await readers();
  let calm = 0;
  for (const deadline = Date.now() + seconds * 1_000; ; await pause(POLL_MS)) {
    const moving = [
      ...(await outboxes(stack)),
      ...(await inHand(stack)),
      ...(await lags(stack, groups)),
      ...(await readings(stack)),
    ];
    calm = moving.length === 0 ? calm + 1 : 0;
    if (calm === LOOKS) return [];
    if (Date.now() >= deadline) return moving;
    if (moving.length > 0) show(moving.join(', '));
  }
}

async function outboxes(stack: RunningStack): Promise<string[]> {
  const counts = await Promise.all(
    stack.databases.map(async (database) => {
      if (!(await hasTable(stack, database, 'outbox'))) return [];
      const rows = await stack.query<{ waiting: bigint }>(
        database,
        'select count(*) as waiting from outbox where parked_reason is null',
      );
      const waiting = rows[0]?.waiting ?? 0n;
      return waiting === 0n ? [] : [`${waiting} in the outbox of ${database}`];
    }),
  );
  return counts.flat();
}

/** Not those that wait for their next try, or for an endpoint that is down. */
const dueDeliveries = `
  select count(*) as count from webhook_deliveries d join webhook_subscriptions s using (store_id, subscription_id)
  where d.status = 'PENDING' and s.status = 'ACTIVE' and s.failures < 5
    and (d.next_attempt_at <= now() or d.leased_until > now())`;

/** Work that goes on by itself and ends within seconds. */
async function inHand(stack: RunningStack): Promise<string[]> {
  const moving: string[] = [];
  const count = async (database: string, text: string, what: string): Promise<void> => {
    if (!stack.has(database)) return;
    const rows = await stack.query<{ count: bigint }>(database, text);
    if ((rows[0]?.count ?? 0n) > 0n) moving.push(`${rows[0]?.count} ${what}`);
  };
  await Promise.all([
    count(
      'payment_adapter',
      'select count(*) as count from payments where settle_at is not null',
      'payments',
    ),
    count(
      'payment_adapter',
      'select count(*) as count from payment_refunds where settle_at is not null',
      'refunds',
    ),
    count('webhook_dispatcher', dueDeliveries, 'webhooks'),
    count('cart', `select count(*) as count from carts where status = 'CHECKING_OUT'`, 'checkouts'),
    count(
      'order',
      `select count(*) as count from saga_timers where kind <> 'expire' or due_at < now()`,
      'sagas',
    ),
  ]);
  return moving;
}

/** What devices reported, and the stock has not heard of. */
async function readings(stack: RunningStack): Promise<string[]> {
  if (!stack.has('inventory')) return [];
  const [ends, begins, reached] = await Promise.all([
    stack.log.endOffsets(READINGS_TOPIC),
    // The topic forgets after a week.
    stack.log.beginningOffsets(READINGS_TOPIC),
    stack.log.groupOffsets('inventory.device-readings', READINGS_TOPIC),
  ]);
  const lag = [...ends].reduce(
    (sum, [partition, end]) => sum + end - (reached.get(partition) ?? begins.get(partition) ?? 0n),
    0n,
  );
  return lag === 0n ? [] : [`inventory is ${lag} behind in ${READINGS_TOPIC}`];
}

type Reader = {
  readonly group: string;
  readonly topic: string;
  readonly database?: string;
  readonly projection?: string;
};

/** Each service's handlers are one group; projections tell their own positions. */
async function readers(): Promise<Reader[]> {
  const handlers = (await declaredConsumers()).flatMap(({ service, eventType }) =>
    isEventType(eventType) ? [{ group: service, topic: eventDefinitions[eventType].topic }] : [],
  );
  const webhooks = eventTopics
    .filter((topic) => topic !== WEBHOOK_TOPIC)
    .map((topic) => ({ group: 'webhook-dispatcher', topic }));
  const unique = [...new Map(handlers.map((one) => [`${one.group} ${one.topic}`, one])).values()];
  const projections = (await declaredProjections()).flatMap(({ service, name, topics }) =>
    topics.map((topic) => ({
      group: `${service} ${name}`,
      topic,
      database: databaseName(service),
      projection: name,
    })),
  );
  return [...unique, ...webhooks, ...projections];
}

async function lags(stack: RunningStack, all: readonly Reader[]): Promise<string[]> {
  const mine = all.filter(({ group, database }) => stack.has(database ?? databaseName(group)));
  const ends = new Map<string, Map<number, bigint>>();
  for (const topic of eventTopics) {
    if (mine.some((one) => one.topic === topic)) ends.set(topic, await stack.log.endOffsets(topic));
  }
  const found = await Promise.all(
    mine.map(async (reader) => {
      const reached = await positions(stack, reader);
      let lag = 0n;
      for (const [partition, end] of ends.get(reader.topic) ?? []) {
        const next = reached.get(partition) ?? 0n;
        if (next < end) lag += end - next;
      }
      return lag === 0n ? [] : [`${reader.group} is ${lag} behind in ${reader.topic}`];
    }),
  );
  return found.flat();
}

async function positions(stack: RunningStack, { group, topic, database, projection }: Reader) {
  if (database === undefined) return stack.log.groupOffsets(group, topic);
  const rows = await stack.query<{ partition: number; next: bigint }>(
    database,
    `select c.partition, c.next_offset as next from projection_checkpoints c
     join projections p on p.name = c.projection and p.version = c.version and p.state = 'live'
     where c.projection = $1 and c.topic = $2`,
    [projection, topic],
  );
  return new Map(rows.map(({ partition, next }) => [partition, next]));
}
