import type { Transaction } from '@tradewind/postgres/transaction.ts';

const hold = `
  update webhook_deliveries set next_attempt_at = 'infinity'
  where subscription_id = $1 and status = 'PENDING' and next_attempt_at is not null`;

// One that is still under way from before stays so until its lease is over.
const release = `
  update webhook_deliveries set tries = 0, next_attempt_at = greatest(now(), coalesce(leased_until, now()))
  where subscription_id = $1 and status = 'PENDING' and next_attempt_at is not null`;

// The endpoint shows that it is well before it gets more than one delivery at a time.
const slowly = `
  update webhook_subscriptions set failures = 0, failing_since = null, probe_at = null, lanes = 1, reason = null
  where store_id = $1 and subscription_id = $2`;

/** Nothing more goes out; every lane keeps its place. The caller holds the subscription's lock. */
export const holdDeliveries = (tx: Transaction, subscriptionId: string): Promise<unknown> =>
  tx.query(hold, [subscriptionId]);

/** What was held goes out in its order, with a schedule of its own from the first attempt on. The same lock. */
export async function releaseDeliveries(tx: Transaction, subscriptionId: string): Promise<void> {
  await tx.query(release, [subscriptionId]);
  await tx.query(slowly, [tx.storeId, subscriptionId]);
}
