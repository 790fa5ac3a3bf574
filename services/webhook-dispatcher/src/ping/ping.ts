import { newId } from '@tradewind/kernel/ids.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { webhookError } from '#errors.ts';
import type { Attempt, Sender } from '#send/sender.ts';
import { findSigner } from '#subscriptions/rows.ts';
import type { SecretBox } from '#subscriptions/secret.ts';

export interface Pinged {
  readonly eventId: string;
  readonly deliveryId: string;
  readonly attempt: Attempt;
}

export interface Asking {
  readonly storeId: string;
  readonly subscriptionId: string;
  readonly correlationId: string;
  readonly idempotency?: { readonly key: IdempotencyKey; reply(pinged: Pinged, events: number): StoredReply };
}

/**
 * Sends a signed event of the type `ping` at once, whatever the subscription's state is, and tells what came of it. Nothing
 * is kept of it and nothing follows from it: it is for whoever sets an endpoint up.
 */
export function pinger(deps: { readonly db: Database; readonly box: SecretBox; readonly sender: Sender }) {
  return async ({ storeId, subscriptionId, correlationId, idempotency }: Asking): Promise<Pinged> => {
    const signer = await deps.db.transaction(storeId, (tx) => findSigner(tx, subscriptionId));
    if (!signer) throw webhookError('SUBSCRIPTION_NOT_FOUND');
    const secrets = signer.secrets.map((sealed) => deps.box.open(sealed, subscriptionId));
    const [eventId, deliveryId] = [newId(), newId()];
    const body = JSON.stringify({
      eventId,
      eventType: 'ping',
      occurredAt: new Date().toISOString(),
      producer: 'webhook-dispatcher-service',
      correlationId,
      schemaVersion: '1.0',
      partitionKey: subscriptionId,
      storeId,
      payload: { subscriptionId },
    });
    const attempt = await deps.sender.send({
      eventId,
      eventType: 'ping',
      deliveryId,
      body,
      url: signer.url,
      secrets,
    });
    const pinged = { eventId, deliveryId, attempt };
    if (idempotency) {
      const record = { ...idempotency.key, ...idempotency.reply(pinged, 0) };
      await deps.db.transaction(storeId, (tx) => recordReplies(tx, [record]));
    }
    return pinged;
  };
}
