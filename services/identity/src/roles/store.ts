import type { Transaction } from '@tradewind/postgres/transaction.ts';
import type { z } from 'zod';
import type { newRole, roleChange, RoleRow } from './role.ts';
import { identityError } from '#errors.ts';
import { orUnknownStore } from '#unknown-store.ts';
import { checkVersion } from '#versions.ts';

const select = `
  select r.role, r.description, r.base, r.built_in as "builtIn", r.version, r.created_at as "createdAt",
    r.updated_at as "updatedAt",
    array(select p.permission from role_permissions p
          where p.store_id = r.store_id and p.role = r.role order by p.permission) as permissions
  from roles r`;

export const listRoles = (tx: Transaction, after: string, limit: number): Promise<RoleRow[]> =>
  tx.query<RoleRow>(`${select} where r.role > $1 order by r.role limit $2`, [after, limit]);

/** @throws DomainError ROLE_NOT_FOUND */
export async function findRole(tx: Transaction, name: string): Promise<RoleRow> {
  const [row] = await tx.query<RoleRow>(`${select} where r.role = $1`, [name]);
  if (!row) throw identityError('ROLE_NOT_FOUND');
  return row;
}

/** @throws DomainError ROLE_EXISTS, STORE_UNKNOWN */
export async function addRole(tx: Transaction, given: z.infer<typeof newRole>): Promise<RoleRow> {
  const added = await tx
    .query(
      `insert into roles (store_id, role, description, base, built_in) values ($1, $2, $3, $4, false)
       on conflict (store_id, role) do nothing returning 1`,
      [tx.storeId, given.role, given.description, given.base],
    )
    .catch((error: unknown) => {
      throw orUnknownStore(error);
    });
  if (added.length === 0) throw identityError('ROLE_EXISTS');
  await setPermissions(tx, given.role, given.permissions);
  return findRole(tx, given.role);
}

/** @throws DomainError ROLE_NOT_FOUND, ROLE_BUILT_IN, VERSION_CONFLICT */
export async function changeRole(
  tx: Transaction,
  name: string,
  change: z.infer<typeof roleChange>,
  expected: number | undefined,
): Promise<RoleRow> {
  await lockRole(tx, name, expected);
  await tx.query(
    `update roles set description = coalesce($2, description), version = version + 1, updated_at = now()
     where role = $1`,
    [name, change.description ?? null],
  );
  if (change.permissions) {
    await tx.query('delete from role_permissions where role = $1', [name]);
    await setPermissions(tx, name, change.permissions);
  }
  return findRole(tx, name);
}

/** @throws DomainError ROLE_NOT_FOUND, ROLE_BUILT_IN, VERSION_CONFLICT, ROLE_IN_USE */
export async function removeRole(tx: Transaction, name: string, expected: number | undefined): Promise<void> {
  await lockRole(tx, name, expected);
  const [use] = await tx.query(
    `select 1 from users where $1 = any(roles)
     union all select 1 from api_tokens where $1 = any(roles) and revoked_at is null limit 1`,
    [name],
  );
  if (use) throw identityError('ROLE_IN_USE');
  await tx.query('delete from roles where role = $1', [name]);
}

/** Whoever gives a role to somebody holds it in the meantime: it cannot vanish in between. */
export const holdRoles = (tx: Transaction, names: readonly string[]): Promise<{ role: string }[]> =>
  tx.query<{ role: string }>('select role from roles where role = any($1) order by role for key share', [
    names,
  ]);

const setPermissions = (tx: Transaction, name: string, permissions: readonly string[]) =>
  tx.query(
    `insert into role_permissions (store_id, role, permission)
     select distinct $1, $2, p from unnest($3::text[]) as p`,
    [tx.storeId, name, permissions],
  );

async function lockRole(tx: Transaction, name: string, expected: number | undefined): Promise<void> {
  const [row] = await tx.query<{ version: number; builtIn: boolean }>(
    'select version, built_in as "builtIn" from roles where role = $1 for update',
    [name],
  );
  if (!row) throw identityError('ROLE_NOT_FOUND');
  if (row.builtIn) throw identityError('ROLE_BUILT_IN');
  checkVersion(row.version, expected);
}
