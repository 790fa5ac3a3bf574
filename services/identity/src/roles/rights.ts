import type { Transaction } from '@tradewind/postgres/transaction.ts';
import { type Permission, permissionsByRole } from '@tradewind/service/permissions.ts';
import type { Principal, Role } from '@tradewind/service/principal.ts';
import { isBuiltIn, type RoleRow } from './role.ts';
import { holdRoles } from './store.ts';
import { identityError } from '#errors.ts';

/** What goes into a token: built-in roles, and the permissions that it is limited to (none = not limited). */
export interface Rights {
  readonly roles: readonly Role[];
  readonly permissions: readonly string[];
}

export type CustomRole = Pick<RoleRow, 'role' | 'base' | 'permissions'>;

/** Custom roles of these names, with what they give. */
export const customRoles = (tx: Transaction, names: readonly string[]): Promise<CustomRole[]> =>
  tx.query<CustomRole>(
    `select r.role, r.base, array(select p.permission from role_permissions p
       where p.store_id = r.store_id and p.role = r.role) as permissions
     from roles r where r.role = any($1) and not r.built_in`,
    [names],
  );

/**
 * What roles give together. Services know the built-in ones only: a custom role is its base, limited to its permissions.
 * @param limits what a token is limited to by itself; none = to what its roles give
 * @returns undefined where nothing is left
 */
export function rightsOf(
  names: readonly string[],
  custom: readonly CustomRole[],
  limits: readonly string[] = [],
): Rights | undefined {
  const builtIn = names.filter(isBuiltIn);
  const bases = custom.flatMap(({ base }) => base ?? []);
  const roles = [...new Set([...builtIn, ...bases])];
  if (roles.length === 0) return undefined;
  if (custom.length === 0) return { roles, permissions: limits };
  const all = new Set<string>([
    ...builtIn.flatMap((role) => permissionsByRole[role]),
    ...custom.flatMap(({ permissions }) => permissions),
  ]);
  const permissions = limits.length === 0 ? [...all] : limits.filter((one) => all.has(one));
  // An empty list would mean "not limited".
  return permissions.length === 0 ? undefined : { roles, permissions };
}

/**
 * Refuses roles that are not there, and more rights than the giver has: a limited token must not make itself a better one.
 * @throws DomainError STORE_UNKNOWN, UNKNOWN_ROLE, BEYOND_OWN_RIGHTS
 */
export async function checkGrant(
  tx: Transaction,
  giver: Principal,
  names: readonly string[],
  limits: readonly string[] = [],
): Promise<void> {
  const found = await holdRoles(tx, names);
  const missing = names.filter((name) => !found.some(({ role }) => role === name));
  // Every store has the built-in ones from its beginning.
  if (missing.some(isBuiltIn)) throw identityError('STORE_UNKNOWN');
  if (missing.length > 0)
    throw identityError('UNKNOWN_ROLE', { message: `there is no role ${missing.join(', ')}` });
  const rights = rightsOf(names, await customRoles(tx, names), limits);
  if (!rights) throw identityError('NOTHING_GRANTED');
  checkPermissions(giver, fullList(rights));
}

/** @throws DomainError BEYOND_OWN_RIGHTS */
export function checkPermissions(giver: Principal, permissions: readonly string[]): void {
  if (giver.permissions.length === 0) return;
  const beyond = permissions.filter((one) => !giver.permissions.includes(one));
  if (beyond.length > 0)
    throw identityError('BEYOND_OWN_RIGHTS', { message: `the token itself lacks ${beyond.join(', ')}` });
}

const fullList = ({ roles, permissions }: Rights): readonly string[] =>
  permissions.length > 0
    ? permissions
    : roles.flatMap((role): readonly Permission[] => permissionsByRole[role]);
