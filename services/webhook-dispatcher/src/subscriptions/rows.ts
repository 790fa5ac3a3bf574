import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { FIRST_LANES, type Subscription, type SubscriptionTerms } from './subscription.ts';

const columns = `
  store_id as "storeId", subscription_id as "subscriptionId", url, event_types as "eventTypes", description, status, reason,
  rate_limit as "rateLimit", failures, failing_since as "failingSince",
  case when previous_until > now() then previous_until end as "previousUntil",
  version, created_at as "createdAt", updated_at as "updatedAt"`;
const one = `select ${columns} from webhook_subscriptions where store_id = $1 and subscription_id = $2 and status <> 'DELETED'`;
const locked = `${one} for no key update`;
const page = `
  select ${columns} from webhook_subscriptions where store_id = $1 and subscription_id > $2 and status <> 'DELETED'
  order by subscription_id limit $3`;

const insert = `
  insert into webhook_subscriptions (store_id, subscription_id, url, event_types, description, status, rate_limit, secret,
    lanes, filter_since)
  values ($1, $2, $3, $4, $5, 'ACTIVE', $6, $7, ${FIRST_LANES}, now())`;

const update = `
  update webhook_subscriptions set url = $3, event_types = $4, description = $5, rate_limit = $6, status = $7, reason = $8,
    filter_since = case when event_types = $4 then filter_since else now() end,
    version = version + 1, updated_at = now()
  where store_id = $1 and subscription_id = $2`;

const rotate = `
  update webhook_subscriptions set previous_secret = secret, previous_until = now() + $4 * interval '1 ms', secret = $3,
    version = version + 1, updated_at = now()
  where store_id = $1 and subscription_id = $2`;

const revise = `
  insert into webhook_revisions (store_id, revision) values ($1, 1)
  on conflict (store_id) do update set revision = webhook_revisions.revision + 1`;

export async function findSubscription(
  tx: Transaction,
  subscriptionId: string,
  { lock }: { readonly lock: boolean },
): Promise<Subscription | undefined> {
  const [found] = await tx.query<Subscription>(lock ? locked : one, [tx.storeId, subscriptionId]);
  return found;
}

export const listSubscriptions = (tx: Transaction, after: string, limit: number): Promise<Subscription[]> =>
  tx.query<Subscription>(page, [tx.storeId, after, limit]);

export async function insertSubscription(
  tx: Transaction,
  subscriptionId: string,
  { url, eventTypes, description, rateLimit }: SubscriptionTerms,
  secret: Buffer,
): Promise<void> {
  await tx.query(insert, [tx.storeId, subscriptionId, url, eventTypes, description, rateLimit, secret]);
  await tx.query(revise, [tx.storeId]);
}

export async function updateSubscription(
  tx: Transaction,
  changed: Subscription | DeletedSubscription,
): Promise<void> {
  const { subscriptionId, url, eventTypes, description, rateLimit, status, reason } = changed;
  await tx.query(update, [
    ...[tx.storeId, subscriptionId, url, eventTypes, description, rateLimit, status, reason],
  ]);
  await tx.query(revise, [tx.storeId]);
}

/** Its deliveries are removed bit by bit, and the row with the last of them. */
export type DeletedSubscription = Omit<Subscription, 'status'> & { readonly status: 'DELETED' };

export const rotateSecret = (
  tx: Transaction,
  subscriptionId: string,
  secret: Buffer,
  overlapMs: number,
): Promise<unknown> => tx.query(rotate, [tx.storeId, subscriptionId, secret, overlapMs]);

const signer = `
  select url, array[secret] || case when previous_until > now() then array[previous_secret] else '{}' end as secrets
  from webhook_subscriptions where store_id = $1 and subscription_id = $2 and status <> 'DELETED'`;

/** Where it leads and what signs for it, the newest secret first, sealed. */
export async function findSigner(
  tx: Transaction,
  subscriptionId: string,
): Promise<{ readonly url: string; readonly secrets: readonly Buffer[] } | undefined> {
  const [found] = await tx.query<{ url: string; secrets: Buffer[] }>(signer, [tx.storeId, subscriptionId]);
  return found;
}
