import { newId } from '@tradewind/kernel/ids.ts';
import { type IdempotencyKey, recordReplies, type StoredReply } from '@tradewind/outbox/idempotency.ts';
import type { Database } from '@tradewind/postgres/database.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { createItem, type Item, type NewItem } from '#create-item/decide.ts';
import { itemError } from '#errors.ts';

export interface CommandOptions {
  /** Where the client sent an Idempotency-Key: its reply is stored with the change. */
  readonly idempotency?: { readonly key: IdempotencyKey; reply(after: Item, events: number): StoredReply };
}

export interface ItemStore {
  /** @throws DomainError CODE_TAKEN */
  create(storeId: string, given: NewItem, options: CommandOptions): Promise<Item>;
  /** @throws DomainError ITEM_NOT_FOUND */
  find(storeId: string, itemId: string): Promise<Item>;
}

const columns = `item_id as "itemId", code, name, version, created_at as "createdAt"`;
const selectByCode = `select ${columns} from items where store_id = $1 and code = $2`;
const selectById = `select ${columns} from items where store_id = $1 and item_id = $2`;
const insert = `
  insert into items (store_id, item_id, code, name, version, created_at) values ($1, $2, $3, $4, $5, $6)`;

/** Loads what the decision needs, decides, saves, and stores the reply, in one transaction. */
export function itemStore(db: Database): ItemStore {
  return {
    create: (storeId, given, { idempotency }) =>
      db
        .transaction(storeId, async (tx) => {
          const [taken] = await tx.query<Item>(selectByCode, [storeId, given.code]);
          const item = createItem(taken, { ...given, itemId: newId(), now: tx.now });
          await save(tx, item);
          if (idempotency) {
            await recordReplies(tx, [{ ...idempotency.key, ...idempotency.reply(item, 0) }]);
          }
          return item;
        })
        .catch((error: unknown) => {
          // Two at once: neither has seen the other's row.
          throw violatedConstraint(error) === 'items_code'
            ? itemError('CODE_TAKEN', { cause: error })
            : error;
        }),
    async find(storeId, itemId) {
      const [item] = await db.transaction(storeId, (tx) => tx.query<Item>(selectById, [storeId, itemId]));
      if (!item) throw itemError('ITEM_NOT_FOUND');
      return item;
    },
  };
}

const save = (tx: Transaction, item: Item) =>
  tx.query(insert, [tx.storeId, item.itemId, item.code, item.name, item.version, item.createdAt]);
