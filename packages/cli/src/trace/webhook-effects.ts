import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Found } from './find-events.ts';
import type { Attempt, Effect, EffectState, Effects } from './lineage.ts';

interface Row {
  readonly eventId: string;
  readonly deliveryId: string;
  readonly subscriptionId: string;
  readonly status: string;
  readonly endedAt: Date | null;
  readonly attempts: readonly { at: string; status: number | null; error: string | null; ms: number }[];
}

const deliveries = `
  select d.event_id as "eventId", d.delivery_id as "deliveryId", d.subscription_id as "subscriptionId",
    case when d.status = 'PENDING' and s.status <> 'ACTIVE' then 'HELD' else d.status end as status, d.ended_at as "endedAt",
    coalesce((
      select json_agg(json_build_object('at', a.at, 'status', a.status, 'error', a.error, 'ms', a.duration_ms)
        order by a.number)
      from webhook_delivery_attempts a where a.store_id = d.store_id and a.delivery_id = d.delivery_id), '[]') as attempts
  from webhook_deliveries d
  join webhook_subscriptions s on s.store_id = d.store_id and s.subscription_id = d.subscription_id
  where d.store_id = any($1) and d.event_id = any($2::uuid[]) order by d.seq`;

const states: Readonly<Record<string, EffectState>> = {
  DELIVERED: 'done',
  PENDING: 'waiting',
  HELD: 'waiting',
  FAILED: 'failed',
  REFUSED: 'failed',
};

/** Each delivery of an event to somebody outside, with its attempts. */
export async function webhookEffects(stack: RunningStack, events: readonly Found[]): Promise<Effects> {
  if (!stack.has('webhook_dispatcher') || events.length === 0) return new Map();
  const rows = await stack.query<Row>('webhook_dispatcher', deliveries, [
    [...new Set(events.map(({ event }) => event.storeId))],
    events.map(({ event }) => event.eventId),
  ]);
  return new Map(
    [...Map.groupBy(rows, ({ eventId }) => eventId)].map(([eventId, some]) => [eventId, some.map(effectOf)]),
  );
}

function effectOf({ deliveryId, subscriptionId, status, endedAt, attempts }: Row): Effect {
  return {
    ...{ kind: 'webhook', service: 'webhook-dispatcher', name: subscriptionId, exact: true },
    ...{ state: states[status] ?? 'waiting', at: endedAt?.getTime(), detail: `${status} ${deliveryId}` },
    attempts: attempts.map(({ at, status: answer, error, ms }): Attempt => ({
      ...{ at: Date.parse(at), durationMs: ms },
      result: [answer, error].filter((part) => part !== null).join(' '),
    })),
  };
}
