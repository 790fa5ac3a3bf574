import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { Planned } from './decide.ts';
import type { Category, Kind } from './kinds.ts';

export interface NewMessage {
  readonly notificationId: string;
  readonly recipient: string;
  readonly kind: Kind;
  readonly category: Category;
  readonly resource: string;
  readonly eventId: string;
  readonly correlationId: string;
  readonly locale: string;
  readonly deliveries: readonly (Planned & { readonly deliveryId: string })[];
}

const insertNotifications = `
  insert into notifications (store_id, notification_id, recipient, template, category, resource, event_id, correlation_id,
    locale, created_at)
  select $1, notification_id, recipient, kind, category, resource, event_id, correlation_id, locale, $3
  from json_to_recordset($2) as r (notification_id text, recipient text, kind text, category text, resource text,
    event_id uuid, correlation_id text, locale text)`;

const insertDeliveries = `
  insert into notification_deliveries (store_id, delivery_id, notification_id, channel, status, code, address, subject,
    body, template_version, next_attempt_at, created_at, updated_at)
  select $1, delivery_id, notification_id, channel, status, code, address, subject, body, template_version,
    case when status = 'PENDING' then $3::timestamptz end, $3, $3
  from json_to_recordset($2) as r (delivery_id text, notification_id text, channel text, status text, code text,
    address text, subject text, body text, template_version int)`;

/** Stores messages with their deliveries, which are due at once. */
export async function insertMessages(tx: Transaction, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return;
  const notifications = messages.map((it) => ({
    notification_id: it.notificationId,
    recipient: it.recipient,
    kind: it.kind,
    category: it.category,
    resource: it.resource,
    event_id: it.eventId,
    correlation_id: it.correlationId,
    locale: it.locale,
  }));
  const deliveries = messages.flatMap(({ notificationId, deliveries: own }) =>
    own.map((it) => ({
      delivery_id: it.deliveryId,
      notification_id: notificationId,
      channel: it.channel,
      status: it.status,
      code: it.code,
      address: it.address,
      subject: it.subject,
      body: it.body,
      template_version: it.templateVersion,
    })),
  );
  await tx.query(insertNotifications, [tx.storeId, JSON.stringify(notifications), tx.now]);
  await tx.query(insertDeliveries, [tx.storeId, JSON.stringify(deliveries), tx.now]);
}
