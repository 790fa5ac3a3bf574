import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { matchesAny } from '#subscriptions/event-filter.ts';

interface Known {
  readonly subscriptionId: string;
  readonly eventTypes: readonly string[];
  readonly createdAt: Date;
}

interface Tenant {
  readonly revision: bigint;
  readonly subscriptions: readonly Known[];
  /** Which of them want a type: asked for each event. */
  readonly byType: Map<string, readonly Known[]>;
}

const revisionOf = `select revision from webhook_revisions where store_id = $1`;
const all = `
  select subscription_id as "subscriptionId", event_types as "eventTypes", created_at as "createdAt"
  from webhook_subscriptions where store_id = $1 and status <> 'DELETED' order by subscription_id`;

export interface Wanting {
  /** Whether anybody may want events of a type. */
  has(eventType: string): boolean;
  /** Who gets an event: those that want its type, and were there when it happened. */
  ids(eventType: string, occurredAt: Date): string[];
}

/**
 * The subscriptions of a tenant as they are in the caller's transaction, from memory where nothing has changed: who was
 * told that a subscription is there gets every event from then on.
 */
export function knownSubscriptions(): (tx: Transaction) => Promise<Wanting> {
  const tenants = new Map<string, Tenant>();

  async function load(tx: Transaction): Promise<Tenant> {
    const [row] = await tx.query<{ revision: bigint }>(revisionOf, [tx.storeId]);
    const revision = row?.revision ?? 0n;
    const known = tenants.get(tx.storeId);
    if (known?.revision === revision) return known;
    const subscriptions = revision === 0n ? [] : await tx.query<Known>(all, [tx.storeId]);
    // What changes after the revision was read is in the list already, or comes with the next revision.
    const loaded = { revision, subscriptions, byType: new Map() };
    tenants.set(tx.storeId, loaded);
    return loaded;
  }

  return async (tx) => {
    const { subscriptions, byType } = await load(tx);
    const wanting = (type: string): readonly Known[] => {
      const found =
        byType.get(type) ?? subscriptions.filter(({ eventTypes }) => matchesAny(eventTypes, type));
      byType.set(type, found);
      return found;
    };
    return {
      has: (type) => wanting(type).length > 0,
      ids: (type, occurredAt) =>
        wanting(type)
          .filter(({ createdAt }) => occurredAt >= createdAt)
          .map(({ subscriptionId }) => subscriptionId),
    };
  };
}
