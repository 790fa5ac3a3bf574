import type { RunningStack } from '#reconcile/running-stack.ts';
import type { Found } from './find-events.ts';
import type { Effect, EffectState, Effects } from './lineage.ts';

interface Row {
  readonly eventId: string;
  readonly template: string;
  readonly recipient: string;
  readonly channel: string;
  readonly status: string;
  readonly code: string | null;
  readonly attempts: number;
  readonly updatedAt: Date;
}

const deliveries = `
  select n.event_id as "eventId", n.template, n.recipient, d.channel, d.status, d.code, d.attempts,
    d.updated_at as "updatedAt"
  from notifications n join notification_deliveries d using (store_id, notification_id)
  where n.event_id = any($1::uuid[]) order by n.notification_id, d.channel`;

const states: Readonly<Record<string, EffectState>> = {
  SENT: 'done',
  SUPPRESSED: 'done',
  PENDING: 'waiting',
  FAILED: 'failed',
};

/** Each message that an event led to, by channel. */
export async function notificationEffects(stack: RunningStack, events: readonly Found[]): Promise<Effects> {
  if (!stack.has('notification') || events.length === 0) return new Map();
  const ids = events.map(({ event }) => event.eventId);
  const rows = await stack.query<Row>('notification', deliveries, [ids]);
  return new Map(
    [...Map.groupBy(rows, ({ eventId }) => eventId)].map(([eventId, some]) => [eventId, some.map(effectOf)]),
  );
}

const effectOf = (row: Row): Effect => ({
  ...{ kind: 'notification', service: 'notification', name: `${row.channel} ${row.template}`, exact: true },
  ...{ state: states[row.status] ?? 'waiting', at: row.updatedAt.getTime() },
  detail: [row.status, row.code, `to ${row.recipient}`, row.attempts > 1 ? `${row.attempts} tries` : null]
    .filter((part) => part !== null)
    .join(' '),
});
