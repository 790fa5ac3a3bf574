import { newId } from '@tradewind/kernel/ids.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { webhookError } from '#errors.ts';
import { holdDeliveries, releaseDeliveries } from './hold.ts';
import {
  findSubscription,
  insertSubscription,
  listSubscriptions,
  rotateSecret,
  updateSubscription,
} from './rows.ts';
import type { SecretBox } from './secret.ts';
import { newSecret } from './secret.ts';
import type { Subscription, SubscriptionPatch, SubscriptionTerms } from './subscription.ts';

/** A subscription in the one moment in which its secret is shown. */
export interface Disclosed {
  readonly subscription: Subscription;
  readonly secret: Buffer;
}

export interface Replying<T> {
  readonly idempotency?: { readonly key: IdempotencyKey; reply(answer: T, events: number): StoredReply };
}

export interface SubscriptionStore {
  create(
    storeId: string,
    terms: SubscriptionTerms,
    secret: Buffer | undefined,
    replying: Replying<Disclosed>,
  ): Promise<Disclosed>;
  /** @throws DomainError SUBSCRIPTION_NOT_FOUND, VERSION_CONFLICT */
  change(
    storeId: string,
    subscriptionId: string,
    patch: SubscriptionPatch,
    expectedVersion: number | undefined,
  ): Promise<Subscription>;
  /** @throws DomainError SUBSCRIPTION_NOT_FOUND, VERSION_CONFLICT */
  remove(storeId: string, subscriptionId: string, expectedVersion: number | undefined): Promise<void>;
  /** The old secret signs as well for a while. @throws DomainError SUBSCRIPTION_NOT_FOUND */
  rotate(storeId: string, subscriptionId: string, replying: Replying<Disclosed>): Promise<Disclosed>;
  /** @throws DomainError SUBSCRIPTION_NOT_FOUND */
  find(storeId: string, subscriptionId: string): Promise<Subscription>;
  list(storeId: string, after: string, limit: number): Promise<Subscription[]>;
}

export interface SubscriptionStoreDeps {
  readonly db: Database;
  readonly box: SecretBox;
  readonly overlapMs: number;
  /** What it holds may go out. */
  onActive(storeId: string, subscriptionId: string): void;
}

export function subscriptionStore({
  db,
  box,
  overlapMs,
  onActive,
}: SubscriptionStoreDeps): SubscriptionStore {
  async function existing(tx: Transaction, id: string, lock = false): Promise<Subscription> {
    const found = await findSubscription(tx, id, { lock });
    if (!found) throw webhookError('SUBSCRIPTION_NOT_FOUND');
    return found;
  }

  async function disclose(
    tx: Transaction,
    subscriptionId: string,
    secret: Buffer,
    { idempotency }: Replying<Disclosed>,
  ): Promise<Disclosed> {
    const disclosed = { subscription: await existing(tx, subscriptionId), secret };
    if (idempotency) {
      await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(disclosed, 0) }]);
    }
    return disclosed;
  }

  return {
    create: (storeId, terms, given, replying) =>
      db.transaction(storeId, async (tx) => {
        const id = newId();
        const secret = given ?? newSecret();
        await insertSubscription(tx, id, terms, box.seal(secret, id));
        return disclose(tx, id, secret, replying);
      }),
    async change(storeId, id, patch, expectedVersion) {
      const [before, after] = await db.transaction(storeId, async (tx) => {
        const found = await existing(tx, id, true);
        checkVersion(found, expectedVersion);
        const status = patch.status ?? found.status;
        await updateSubscription(tx, { ...found, ...patch, status });
        if (found.status === 'ACTIVE' && status !== 'ACTIVE') await holdDeliveries(tx, id);
        if (found.status !== 'ACTIVE' && status === 'ACTIVE') await releaseDeliveries(tx, id);
        return [found, await existing(tx, id)];
      });
      if (before.status !== 'ACTIVE' && after.status === 'ACTIVE') onActive(storeId, id);
      return after;
    },
    remove: (storeId, id, expectedVersion) =>
      db.transaction(storeId, async (tx) => {
        const found = await existing(tx, id, true);
        checkVersion(found, expectedVersion);
        await updateSubscription(tx, { ...found, status: 'DELETED' });
        await holdDeliveries(tx, id);
      }),
    rotate: (storeId, id, replying) =>
      db.transaction(storeId, async (tx) => {
        await existing(tx, id, true);
        const secret = newSecret();
        await rotateSecret(tx, id, box.seal(secret, id), overlapMs);
        return disclose(tx, id, secret, replying);
      }),
    find: (storeId, id) => db.transaction(storeId, (tx) => existing(tx, id)),
    list: (storeId, after, limit) => db.transaction(storeId, (tx) => listSubscriptions(tx, after, limit)),
  };
}

function checkVersion({ version }: Subscription, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) {
    throw webhookError('VERSION_CONFLICT', { details: { currentVersion: version } });
  }
}
