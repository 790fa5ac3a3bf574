import { databaseName } from '#stack.ts';
import { declaredConsumers, declaredProjections, type Consumer, type ProjectionSource } from '#declared.ts';
import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Found } from './find-events.ts';
import type { Effect, Effects } from './lineage.ts';
import { notificationEffects } from './notification-effects.ts';
import { parkedReasons } from './parked-reasons.ts';
import { projectionEffects } from './projection-effects.ts';
import { webhookEffects } from './webhook-effects.ts';

/** What follows from events, in every place that declares that it cares for them. */
export async function effectsOf(stack: RunningStack, events: readonly Found[]): Promise<Effects> {
  const [consumers, projections] = await Promise.all([declaredConsumers(), declaredProjections()]);
  const parts = await Promise.all([
    ...byService(consumers).map(([service, some]) => consumerEffects(stack, service, some, events)),
    ...projections
      .filter(({ service }) => stack.has(databaseName(service)))
      .map((one: ProjectionSource) => projectionEffects(stack, one, events)),
    notificationEffects(stack, events),
    webhookEffects(stack, events),
  ]);
  const all = new Map<string, Effect[]>();
  for (const [eventId, effects] of parts.flatMap((part) => [...part]))
    all.set(eventId, [...(all.get(eventId) ?? []), ...effects]);
  return all;
}

const byService = (consumers: readonly Consumer[]) => [...Map.groupBy(consumers, ({ service }) => service)];

/** Places of one kind of effect: what `done` says when is done; of the rest somebody may have parked it or not read so far. */
async function consumerEffects(
  stack: RunningStack,
  service: string,
  consumers: readonly Consumer[],
  events: readonly Found[],
): Promise<Effects> {
  const database = databaseName(service);
  const effects = new Map<string, Effect[]>();
  const expected = events.flatMap((found) =>
    consumers
      .filter(({ eventType }) => eventType === found.event.eventType)
      .map(({ name }) => ({ ...found, name })),
  );
  if (expected.length === 0 || !stack.has(database)) return effects;
  const ids = expected.map(({ event }) => event.eventId);
  const names = [...new Set(expected.map(({ name }) => name))];
  const receipts = await stack.query<{ name: string; at: Date }>(
    database,
    `select consumer || ' ' || event_id as name, applied_at as at from inbox
     where consumer = any($1) and event_id = any($2::uuid[])`,
    [names, ids],
  );
  const appliedAt = new Map(receipts.map(({ name, at }) => [name, at.getTime()]));
  const parked = await parkedReasons(stack, database, names, ids);
  for (const { event, message, name } of expected) {
    const at = appliedAt.get(`${name} ${event.eventId}`);
    const reason = parked.get(`${name} ${event.eventId}`);
    const base = { kind: 'consumer', service, name, exact: true } as const;
    const effect: Effect =
      at !== undefined
        ? { ...base, state: 'done', at }
        : reason !== undefined
          ? { ...base, state: 'parked', detail: reason }
          : { ...base, state: (await hasRead(stack, service, message)) ? 'missing' : 'waiting' };
    effects.set(event.eventId, [...(effects.get(event.eventId) ?? []), effect]);
  }
  return effects;
}

/** Whether a group has committed a position past a message. */
async function hasRead(
  stack: RunningStack,
  group: string,
  { topic, partition, offset }: Found['message'],
): Promise<boolean> {
  const positions = await stack.log.groupOffsets(group, topic);
  return (positions.get(partition) ?? 0n) > offset;
}
