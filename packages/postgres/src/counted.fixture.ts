import type { Database } from './database.ts';
import type { Transaction } from './transaction.ts';

/** What was asked of a database since it was last emptied. */
export interface Asked {
  transactions: number;
  statements: number;
}

/** The same database, with what is asked of it counted; begin and commit are the transaction's. */
export function counted(db: Database): { readonly db: Database; readonly asked: Asked } {
  const asked: Asked = { transactions: 0, statements: 0 };
  const counting = (tx: Transaction): Transaction =>
    new Proxy(tx, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name === 'query' || name === 'run' || name === 'execute') asked.statements++;
        return value.bind(target) as unknown;
      },
    });
  return {
    asked,
    db: {
      ...db,
      transaction(storeId, work, options) {
        asked.transactions++;
        return db.transaction(storeId, (tx) => work(counting(tx)), options);
      },
    },
  };
}
