import { newId } from '@tradewind/kernel/ids.ts';
import { violatedConstraint } from '@tradewind/postgres/errors.ts';
import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { z } from 'zod';
import type { newUser, userChange, UserRow } from './user.ts';
import { identityError } from '#errors.ts';
import { orUnknownStore } from '#unknown-store.ts';
import { checkVersion } from '#versions.ts';

const columns = `user_id as "userId", email, name, roles, status, version, created_at as "createdAt", updated_at as "updatedAt"`;

const emailTaken = (error: unknown): never => {
  throw violatedConstraint(error) === 'users_email' ? identityError('EMAIL_TAKEN') : orUnknownStore(error);
};

export async function addUser(
  tx: Transaction,
  { email, name, roles }: z.infer<typeof newUser>,
): Promise<UserRow> {
  const [row] = await tx
    .query<UserRow>(
      `insert into users (store_id, user_id, email, name, roles) values ($1, $2, $3, $4, $5) returning ${columns}`,
      [tx.storeId, newId(), email, name, roles],
    )
    .catch(emailTaken);
  return row as UserRow;
}

export const listUsers = (tx: Transaction, after: string, limit: number): Promise<UserRow[]> =>
  tx.query<UserRow>(`select ${columns} from users where user_id > $1 order by user_id limit $2`, [
    after,
    limit,
  ]);

/** @throws DomainError USER_NOT_FOUND */
export async function findUser(tx: Transaction, userId: string): Promise<UserRow> {
  const [row] = await tx.query<UserRow>(`select ${columns} from users where user_id = $1`, [userId]);
  if (!row) throw identityError('USER_NOT_FOUND');
  return row;
}

/** @throws DomainError USER_NOT_FOUND, VERSION_CONFLICT, EMAIL_TAKEN */
export async function changeUser(
  tx: Transaction,
  userId: string,
  change: z.infer<typeof userChange>,
  expected: number | undefined,
): Promise<UserRow> {
  await lockUser(tx, userId, expected);
  const [row] = await tx
    .query<UserRow>(
      `update users set email = coalesce($2, email), name = coalesce($3, name), roles = coalesce($4, roles),
         status = coalesce($5, status), version = version + 1, updated_at = now()
       where user_id = $1 returning ${columns}`,
      [userId, change.email ?? null, change.name ?? null, change.roles ?? null, change.status ?? null],
    )
    .catch(emailTaken);
  return row as UserRow;
}

/** @throws DomainError USER_NOT_FOUND, VERSION_CONFLICT */
export async function removeUser(
  tx: Transaction,
  userId: string,
  expected: number | undefined,
): Promise<void> {
  await lockUser(tx, userId, expected);
  await tx.query('delete from users where user_id = $1', [userId]);
}

async function lockUser(tx: Transaction, userId: string, expected: number | undefined): Promise<void> {
  const [row] = await tx.query<{ version: number }>(
    'select version from users where user_id = $1 for update',
    [userId],
  );
  if (!row) throw identityError('USER_NOT_FOUND');
  checkVersion(row.version, expected);
}
