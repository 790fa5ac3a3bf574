import type { Database } from '@tradewind/postgres/database.ts';
import { identityError } from '#errors.ts';
import { customRoles, type Rights, rightsOf } from '#roles/rights.ts';
import { findUser } from '#users/store.ts';

/**
 * What the store has given to one of its users.
 * @param limits narrows it for one token
 * @throws DomainError USER_NOT_FOUND, USER_DISABLED, NOTHING_GRANTED
 */
export async function rightsOfUser(
  db: Database,
  storeId: string,
  userId: string,
  limits: readonly string[],
): Promise<Rights> {
  const { user, custom } = await db.transaction(storeId, async (tx) => {
    const row = await findUser(tx, userId);
    return { user: row, custom: await customRoles(tx, row.roles) };
  });
  if (user.status !== 'ACTIVE') throw identityError('USER_DISABLED');
  const rights = rightsOf(user.roles, custom, limits);
  if (!rights) throw identityError('NOTHING_GRANTED');
  return rights;
}
