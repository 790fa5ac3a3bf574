import { newId } from '@tradewind/kernel/ids.ts';
import type { DomainError } from '@tradewind/kernel/errors.ts';
import type { CommandContext } from '@tradewind/outbox/context.ts';
import type { EventEncoder } from '@tradewind/outbox/encoder.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import { appendToOutbox } from '@tradewind/outbox/outbox.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { pricingError } from '#errors.ts';
import { touchRules } from './revision.ts';
import type { Kept, RuleTable } from './rule-table.ts';

export interface RuleKind<Terms> {
  readonly kind: 'PROMOTION' | 'DISCOUNT_CODE' | 'PRICE_LIST' | 'CURRENCY_RATE';
  readonly table: RuleTable<Terms>;
  nameOf(terms: Terms): string;
  notFound(): DomainError;
  /**
   * What only the other rules of the tenant tell about a new state of one; `before` holds already.
   * @throws DomainError RULE_INVALID
   */
  check?(tx: Transaction, terms: Terms, before: Terms | undefined): Promise<void>;
  /** The constraint that a second one of the same breaks, and what is said then. */
  readonly taken?: { readonly constraint: string; error(cause: unknown): DomainError };
}

export interface Replying<Terms> {
  readonly idempotency?: {
    readonly key: IdempotencyKey;
    reply(rule: Kept<Terms>, events: number): StoredReply;
  };
}

/** Rules of one kind. Each write is told by an event and makes every process compile the tenant's rules anew. */
export interface RuleStore<Terms> {
  create(terms: Terms, context: CommandContext, replying: Replying<Terms>): Promise<Kept<Terms>>;
  /** @throws DomainError not found, VERSION_CONFLICT */
  change(
    id: string,
    change: (terms: Terms) => Terms,
    expectedVersion: number | undefined,
    context: CommandContext,
  ): Promise<Kept<Terms>>;
  /** @throws DomainError not found, VERSION_CONFLICT */
  remove(id: string, expectedVersion: number | undefined, context: CommandContext): Promise<void>;
  find(storeId: string, id: string): Promise<Kept<Terms>>;
  list(storeId: string, after: string, limit: number): Promise<Kept<Terms>[]>;
}

export interface RuleStoreDeps {
  readonly db: Database;
  readonly encoder: EventEncoder;
  onCommit(): void;
}

export function ruleStore<Terms>(
  { db, encoder, onCommit }: RuleStoreDeps,
  { kind, table, nameOf, notFound, check, taken }: RuleKind<Terms>,
): RuleStore<Terms> {
  async function existing(tx: Transaction, id: string, lock: boolean): Promise<Kept<Terms>> {
    const rule = await table.find(tx, id, { lock });
    if (!rule) throw notFound();
    return rule;
  }

  async function publish(
    tx: Transaction,
    rule: Pick<Kept<Terms>, 'id' | 'terms' | 'version'>,
    action: 'CREATED' | 'UPDATED' | 'DELETED',
    context: CommandContext,
  ): Promise<void> {
    const { id: promotionId, version } = rule;
    const changedBy = context.actor ?? null;
    const name = nameOf(rule.terms);
    const payload = { promotionId, kind, name, action, version, changedAt: tx.now, changedBy };
    const event = { type: 'ecommerce.pricing.promotion.changed.v1', payload } as const;
    await appendToOutbox(tx, [encoder.encode({ event, eventId: newId(), version, context }, tx.now)]);
    await touchRules(tx);
  }

  async function act<T>(storeId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      const result = await db.transaction(storeId, work);
      onCommit();
      return result;
    } catch (error) {
      throw taken && violatedConstraint(error) === taken.constraint ? taken.error(error) : error;
    }
  }

  return {
    create: (terms, context, { idempotency }) =>
      act(context.storeId, async (tx) => {
        await check?.(tx, terms, undefined);
        const id = newId();
        await table.insert(tx, id, terms);
        const rule = await existing(tx, id, false);
        await publish(tx, rule, 'CREATED', context);
        if (idempotency) await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(rule, 1) }]);
        return rule;
      }),
    change: (id, change, expectedVersion, context) =>
      act(context.storeId, async (tx) => {
        const before = await existing(tx, id, true);
        checkVersion(before, expectedVersion);
        const terms = change(before.terms);
        await check?.(tx, terms, before.terms);
        await table.update(tx, id, terms);
        const after = await existing(tx, id, false);
        await publish(tx, after, 'UPDATED', context);
        return after;
      }),
    remove: (id, expectedVersion, context) =>
      act(context.storeId, async (tx) => {
        const before = await existing(tx, id, true);
        checkVersion(before, expectedVersion);
        await table.remove(tx, id);
        await publish(tx, { ...before, version: before.version + 1 }, 'DELETED', context);
      }),
    find: (storeId, id) => db.transaction(storeId, (tx) => existing(tx, id, false)),
    list: (storeId, after, limit) => db.transaction(storeId, (tx) => table.list(tx, after, limit)),
  };
}

function checkVersion({ version }: { readonly version: number }, expected: number | undefined): void {
  if (expected !== undefined && expected !== version) {
    throw pricingError('VERSION_CONFLICT', { details: { currentVersion: version } });
  }
}
