import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { notificationError } from '#errors.ts';
import type { DeliveryStatus } from './queries.ts';

export interface Retried {
  readonly deliveryId: string;
  readonly notificationId: string;
  readonly status: DeliveryStatus;
}

export interface Replying {
  readonly idempotency?: { readonly key: IdempotencyKey; reply(after: Retried, events: number): StoredReply };
}

const find = `
  select status from notification_deliveries where store_id = $1 and notification_id = $2 and delivery_id = $3 for update`;
const again = `
  update notification_deliveries set status = 'PENDING', code = null, attempts = 0, next_attempt_at = $3::timestamptz, updated_at = $3::timestamptz
  where store_id = $1 and delivery_id = $2`;

export type RetryDelivery = (
  storeId: string,
  notificationId: string,
  deliveryId: string,
  replying: Replying,
) => Promise<Retried>;

/**
 * Begins again with a delivery that was given up. It keeps its id and its text, so that a sink which had taken it after all
 * drops the repeat.
 * @throws DomainError DELIVERY_NOT_FOUND, DELIVERY_NOT_FAILED
 */
export const retryDelivery =
  (db: Database): RetryDelivery =>
  (storeId, notificationId, deliveryId, { idempotency }) =>
    db.transaction(storeId, async (tx) => {
      const [found] = await tx.query<{ status: DeliveryStatus }>(find, [storeId, notificationId, deliveryId]);
      if (!found) throw notificationError('DELIVERY_NOT_FOUND');
      const { status } = found;
      if (status !== 'FAILED')
        throw notificationError('DELIVERY_NOT_FAILED', { details: { deliveryStatus: status } });
      await tx.query(again, [storeId, deliveryId, tx.now]);
      const retried: Retried = { deliveryId, notificationId, status: 'PENDING' };
      if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(retried, 0) }]);
      return retried;
    });
