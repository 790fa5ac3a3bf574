import type { Database } from '@tradewind/postgres/database.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { notificationError } from '#errors.ts';
import { noPreferences, type Preferences, type Wishes } from './preferences.ts';
import { findPreferences, savePreferences } from './rows.ts';

export interface PreferenceStore {
  /** Those of somebody who never chose anything are empty, at version 0. */
  find(storeId: string, recipient: string): Promise<Preferences>;
  /** @throws DomainError VERSION_CONFLICT */
  replace(
    storeId: string,
    recipient: string,
    wishes: Wishes,
    expectedVersion: number | undefined,
  ): Promise<Preferences>;
}

export function preferenceStore(db: Database): PreferenceStore {
  const find = async (tx: Transaction, recipient: string) =>
    (await findPreferences(tx, [recipient])).get(recipient) ?? noPreferences(recipient);

  const conflict = (currentVersion: number) =>
    notificationError('VERSION_CONFLICT', { details: { currentVersion } });

  return {
    find: (storeId, recipient) => db.transaction(storeId, (tx) => find(tx, recipient)),
    replace: (storeId, recipient, wishes, expectedVersion) =>
      db.transaction(storeId, async (tx) => {
        const before = await find(tx, recipient);
        if (expectedVersion !== undefined && expectedVersion !== before.version)
          throw conflict(before.version);
        const after = { ...before, ...wishes, version: before.version + 1, updatedAt: tx.now };
        if (!(await savePreferences(tx, after))) throw conflict(after.version);
        return after;
      }),
  };
}
