import type { Database } from '@tradewind/postgres/database.ts';
import type { ChannelName } from './kinds.ts';

export interface ShownDelivery {
  readonly deliveryId: string;
  readonly channel: ChannelName;
  readonly status: DeliveryStatus;
  readonly code: string | null;
  readonly address: string | null;
  readonly subject: string | null;
  readonly body: string | null;
  readonly templateVersion: number | null;
  readonly attempts: number;
  /** As the database writes it into JSON. */
  readonly nextAttemptAt: string | null;
  readonly providerMessageId: string | null;
  readonly updatedAt: string;
}

export const statuses = ['PENDING', 'SENT', 'FAILED', 'SUPPRESSED'] as const;
export type DeliveryStatus = (typeof statuses)[number];

export interface ShownNotification {
  readonly notificationId: string;
  readonly recipient: string;
  readonly template: string;
  readonly category: string;
  readonly resource: string;
  readonly eventId: string;
  readonly locale: string;
  readonly createdAt: Date;
  readonly deliveries: readonly ShownDelivery[];
}

export interface Filter {
  readonly recipient: string | undefined;
  readonly resource: string | undefined;
  readonly status: DeliveryStatus | undefined;
  readonly channel: ChannelName | undefined;
  readonly before: string | undefined;
  readonly limit: number;
}

const shown = `
  select n.notification_id as "notificationId", n.recipient, n.template, n.category, n.resource, n.event_id as "eventId",
    n.locale, n.created_at as "createdAt", (
      select json_agg(json_build_object('deliveryId', d.delivery_id, 'channel', d.channel, 'status', d.status,
        'code', d.code, 'address', d.address, 'subject', d.subject, 'body', d.body,
        'templateVersion', d.template_version, 'attempts', d.attempts, 'nextAttemptAt', d.next_attempt_at,
        'providerMessageId', d.provider_message_id, 'updatedAt', d.updated_at) order by d.delivery_id)
      from notification_deliveries d
      where d.store_id = n.store_id and d.notification_id = n.notification_id) as deliveries
  from notifications n`;

const one = `${shown} where n.store_id = $1 and n.notification_id = $2`;

const rest = `
  and ($3::text is null or n.recipient = $3) and ($4::text is null or n.resource = $4)
  order by n.notification_id desc limit $5`;
const page = `${shown} where n.store_id = $1 and n.notification_id < $2 ${rest}`;
// Driven by the deliveries: of those in a state there are few, of notifications many.
const pageByDelivery = `${shown}
  where n.store_id = $1 and n.notification_id < $2 and n.notification_id in (
    select d.notification_id from notification_deliveries d
    where d.store_id = $1 and d.notification_id < $2 and ($6::text is null or d.status = $6)
      and ($7::text is null or d.channel = $7)) ${rest}`;

/** Sorts after every id. */
const END = '~';

export interface NotificationQueries {
  find(storeId: string, notificationId: string): Promise<ShownNotification | undefined>;
  /** The newest first. */
  list(storeId: string, filter: Filter): Promise<ShownNotification[]>;
}

export function notificationQueries(db: Database): NotificationQueries {
  return {
    find: (storeId, notificationId) =>
      db.transaction(
        storeId,
        async (tx) => (await tx.query<ShownNotification>(one, [storeId, notificationId]))[0],
      ),
    list: (storeId, { recipient = null, resource = null, status = null, channel = null, before, limit }) => {
      const values = [storeId, before ?? END, recipient, resource, limit];
      const byDelivery = status !== null || channel !== null;
      return db.transaction(storeId, (tx) =>
        byDelivery
          ? tx.query<ShownNotification>(pageByDelivery, [...values, status, channel])
          : tx.query<ShownNotification>(page, values),
      );
    },
  };
}
