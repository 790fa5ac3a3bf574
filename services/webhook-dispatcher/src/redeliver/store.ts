import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { findDelivery, type Listed } from '#deliveries/query.ts';
import { giveHeads, type Lane } from '#dispatch/lanes.ts';
import type { Wake } from '#dispatch/wake-ups.ts';
import { webhookError } from '#errors.ts';
import { findSubscription } from '#subscriptions/rows.ts';
import type { Subscription } from '#subscriptions/subscription.ts';

export interface Range {
  readonly from: Date;
  readonly to: Date;
  /** Patterns; undefined = all. */
  readonly eventTypes: readonly string[] | undefined;
  readonly status: readonly ('DELIVERED' | 'FAILED' | 'REFUSED')[];
}

export interface Replying<T> {
  readonly idempotency?: { readonly key: IdempotencyKey; reply(answer: T, events: number): StoredReply };
}

export interface RangeAnswer {
  readonly redelivered: number;
  /** As many as one request takes: ask again for the rest. */
  readonly more: boolean;
}

/** Of one request: the transaction stays short. */
const MOST = 5_000;

const again = `
  update webhook_deliveries set status = 'PENDING', ended_at = null, tries = 0, round = round + 1,
    next_attempt_at = null, leased_until = null, leased_by = null`;
const one = `${again}
  where store_id = $1 and delivery_id = $2 and status <> 'PENDING'
  returning subscription_id as "subscriptionId", topic, partition_key as "partitionKey"`;
const many = `${again}
  where store_id = $1 and delivery_id in (
    select d.delivery_id from webhook_deliveries d
    join webhook_events e on e.store_id = $1 and e.event_id = d.event_id
    where d.store_id = $1 and d.subscription_id = $2 and d.status = any($3) and d.created_at between $4 and $5
      and ($6::text[] is null or e.event_type like any($6))
    order by d.seq limit ${MOST})
  returning subscription_id as "subscriptionId", topic, partition_key as "partitionKey"`;
const hurry = `
  update webhook_deliveries set next_attempt_at = now()
  where store_id = $1 and delivery_id = $2 and status = 'PENDING' and next_attempt_at > now()
    and next_attempt_at <> 'infinity' and (leased_until is null or leased_until < now())`;

/** A pattern of ours as one of SQL, in which an underscore would stand for anything. Pure. */
export const likePattern = (pattern: string): string =>
  pattern.replaceAll('_', String.raw`\_`).replace(/\*$/, '%');

/** Sends again what has ended, under its old webhook-id: each takes its place in the order of its resource. */
export function redeliveries(db: Database, wake: (one: Wake) => void) {
  async function lockActive(tx: Transaction, subscriptionId: string): Promise<Subscription> {
    const found = await findSubscription(tx, subscriptionId, { lock: true });
    if (!found) throw webhookError('SUBSCRIPTION_NOT_FOUND');
    if (found.status !== 'ACTIVE') throw webhookError('SUBSCRIPTION_NOT_ACTIVE');
    return found;
  }

  return {
    /** One that waits for its next attempt gets it now. @throws DomainError DELIVERY_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE */
    async one(storeId: string, deliveryId: string, { idempotency }: Replying<Listed>): Promise<Listed> {
      const after = await db.transaction(storeId, async (tx) => {
        const before = await findDelivery(tx, deliveryId);
        if (!before) throw webhookError('DELIVERY_NOT_FOUND');
        await lockActive(tx, before.subscriptionId);
        const lanes = await tx.query<Lane>(one, [storeId, deliveryId]);
        if (lanes.length === 0) await tx.query(hurry, [storeId, deliveryId]);
        await giveHeads(tx, lanes);
        const found = await findDelivery(tx, deliveryId);
        if (!found) throw webhookError('DELIVERY_NOT_FOUND');
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(found, 0) }]);
        return found;
      });
      wake({ storeId, subscriptionId: after.subscriptionId });
      return after;
    },
    /** @throws DomainError SUBSCRIPTION_NOT_FOUND, SUBSCRIPTION_NOT_ACTIVE */
    async range(
      storeId: string,
      subscriptionId: string,
      { from, to, eventTypes, status }: Range,
      { idempotency }: Replying<RangeAnswer>,
    ): Promise<RangeAnswer> {
      const answer = await db.transaction(storeId, async (tx) => {
        await lockActive(tx, subscriptionId);
        const types = eventTypes?.map(likePattern) ?? null;
        const lanes = await tx.query<Lane>(many, [storeId, subscriptionId, status, from, to, types]);
        await giveHeads(tx, lanes);
        const done = { redelivered: lanes.length, more: lanes.length === MOST };
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(done, 0) }]);
        return done;
      });
      wake({ storeId, subscriptionId });
      return answer;
    },
  };
}

export type Redeliveries = ReturnType<typeof redeliveries>;
