import type { Transaction } from '@tradewind/postgres/transaction.ts';

const next = `
  insert into rule_revisions (store_id, revision) values ($1, 1)
  on conflict (store_id) do update set revision = rule_revisions.revision + 1`;

/** Every process compiles the tenant's rules anew before it prices anything after this commit. */
export const touchRules = (tx: Transaction): Promise<unknown> => tx.query(next, [tx.storeId]);
